/** Where the host writes a list as a file, with the filters of the moment. */
import { useMay } from "@/api/me";

type Filters = Record<string, string | boolean | undefined>;

/** The address, or null where this person may not take lists away. */
export function useFile(list: "products" | "offers" | "orders" | "redemptions", filters: Filters): string | null {
  if (!useMay()("sales.export")) return null;
  return fileOf(list, filters);
}

function fileOf(list: string, filters: Filters): string {
  const given = Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]]));
  const search = new URLSearchParams(given).toString();
  return `/api/v1/${list}.csv${search ? `?${search}` : ""}`;
}
