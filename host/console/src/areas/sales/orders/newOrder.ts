/** What is typed of an order by hand, and what of it is sent. */
import type { Schemas } from "@/api/client";
import { minorUnits } from "@/words/format";

export interface LineValues {
  sku?: string;
  quantity?: number | null;
  amount_minor?: number | null;
  discount_minor?: number | null;
}

export interface OrderValues {
  number: string;
  currency: string;
  at?: string | null;
  contact?: string | null;
  sales_channel?: string | null;
  /** A line that was just added has nothing yet. */
  items?: (LineValues | undefined)[];
}

/** Figures stay as they read when the currency is another: 5 USD becomes 5 JPY, not 500. */
export function rescaled(items: OrderValues["items"], from: string, to: string): LineValues[] {
  const by = minorUnits(to) / minorUnits(from);
  const other = (minor: number | null | undefined) => (typeof minor === "number" ? Math.round(minor * by) : minor);
  return (items ?? []).map((one) => ({ ...one, amount_minor: other(one?.amount_minor), discount_minor: other(one?.discount_minor) }) as LineValues);
}

export function totalMinor(items: OrderValues["items"]): number {
  return (items ?? []).reduce((sum, one) => sum + (one?.amount_minor ?? 0), 0);
}

/** Nothing chosen is null; the host then takes now for the time. */
export function bodyOf({ number, currency, at, contact, sales_channel, items = [] }: OrderValues): Schemas["NewOrder"] {
  return {
    number: number.trim(),
    currency,
    at: at ?? null,
    contact: contact ?? null,
    sales_channel: sales_channel ?? null,
    items: items.map((one) => ({ sku: one?.sku ?? "", quantity: one?.quantity ?? 1, amount_minor: one?.amount_minor ?? 0, discount_minor: one?.discount_minor ?? 0 })),
  };
}
