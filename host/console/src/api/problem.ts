/** A refusal of the API (problem+json), as an error that can be thrown, shown and laid on a form's fields. */
import type { components } from "./schema";

export type Problem = components["schemas"]["Problem"];

export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.name = "ProblemError";
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** What a response that is not 2xx says; a proxy's bare page gets a problem of its own. */
export async function problemOf(response: Response): Promise<Problem> {
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("json")) {
    const body: unknown = await response.clone().json().catch(() => undefined);
    if (isProblem(body)) return body;
  }
  return bare(response.status, response.statusText);
}

export function bare(status: number, title: string): Problem {
  return { type: "about:blank", code: status === 0 ? "unreachable" : "refused", status, title, detail: "" };
}

/** One of a list that is read again, where the API has no address for it alone. */
export function present<Row>(row: Row | undefined, missing: string): Row {
  if (row === undefined) throw new ProblemError(bare(404, missing));
  return row;
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "title" in body && "status" in body;
}

/** A field's path as forms name it: `items[0].name` and `/items/0/name` are both ["items", 0, "name"]. */
export function namePath(field: string): (string | number)[] {
  const parts = field.startsWith("/") ? field.slice(1).split("/") : field.replace(/\[(\d+)\]/g, ".$1").split(".");
  return parts.filter((part) => part !== "").map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
