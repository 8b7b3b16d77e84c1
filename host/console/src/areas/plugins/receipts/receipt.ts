/** A receipt as people have it: the document itself, or what an answer or a file wraps it in. */
import type { Schemas } from "@/api/client";

export function receiptOf(text: string): Schemas["Receipt"] | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
  for (const one of [read, inner(read)]) if (isReceipt(one)) return one;
  return undefined;
}

function inner(value: unknown): unknown {
  return typeof value === "object" && value !== null && "receipt" in value ? value.receipt : undefined;
}

/** The mark that every receipt begins with; whether it holds is for the host to say. */
function isReceipt(value: unknown): value is Schemas["Receipt"] {
  return typeof value === "object" && value !== null && "rialto-receipt" in value && "signature" in value;
}
