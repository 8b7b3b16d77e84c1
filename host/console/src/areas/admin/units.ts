/** The tree of units as other pages need it: names by id, and choices that show where a unit lies. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { useWords } from "@/words";
import { everyPage } from "./everyPage";

type Unit = Schemas["Unit"];

export const unitsQuery = queryOptions({
  queryKey: ["units", "all"],
  staleTime: 60_000,
  queryFn: () => everyPage((cursor, limit) => answer(api.GET("/api/v1/units", { params: { query: { cursor, limit } } }))),
});

/** How deep a unit lies below the first of those shown; a path is ids with a slash after each. */
export const depthOf = (unit: Pick<Unit, "path">) => unit.path.split("/").length - 2;

/** Names from the root to a unit, as far as they can be read. */
export function trail(units: Pick<Unit, "id" | "name">[], path: string): string {
  const names = path.split("/").flatMap((id) => units.find((one) => one.id === id)?.name ?? []);
  return names.join(" / ");
}

export function useUnits() {
  const { t } = useWords();
  const may = useMay();
  const asked = useQuery({ ...unitsQuery, enabled: may("units.read") });
  const units = asked.data ?? [];
  return {
    asked,
    units,
    // Not every unit can be read by everybody: its id would tell nothing.
    nameOf: (id: string) => units.find((one) => one.id === id)?.name ?? (asked.data ? t("admin.otherUnit") : "…"),
    choices: units.map((one) => ({ value: one.id, label: trail(units, one.path) })),
  };
}
