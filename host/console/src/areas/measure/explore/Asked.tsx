/** What is asked: metric, dimension, period, comparison, and which conversion counts. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Card, Flex, Segmented, Select } from "antd";
import type { Schemas } from "@/api/client";
import { useWords } from "@/words";
import { DayRange } from "../DayRange";
import { COMPARES, PERIODS, step, type Compare, type Period } from "../period";
import { conversionsQuery } from "../questions";
import { WHOLE } from "./filter";

type Metric = Schemas["Metric"];
const route = getRouteApi("/in/measure/explore");

export function Asked({ catalogue, known }: { catalogue: Metric[]; known: Metric | undefined }) {
  const { t } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const conversions = useQuery(conversionsQuery);
  const { period = "365d", from, until } = search;
  const days = from !== undefined || until !== undefined;
  const set = (next: Partial<typeof search>) => void navigate({ search: (old) => ({ ...old, ...next }), resetScroll: false });
  const dimensions = known?.dimensions ?? [];
  const timed = dimensions.some((one) => one.name === "day");
  const by = search.by ?? dimensions.find((one) => one.name === step(period))?.name ?? dimensions[0]?.name;
  return (
    <Card className="panel">
      <Flex gap={16} wrap align="flex-end">
        <Field id="explore-metric" label={t("explore.metric")}>
          <Select
            id="explore-metric"
            showSearch={{ optionFilterProp: "label" }}
            value={known?.name ?? null}
            style={{ width: 240 }}
            options={catalogue.map((one) => ({ value: one.name, label: one.title }))}
            // Filters of another metric may not fit: those that do are kept by the reader of the address.
            onChange={(metric) => set({ metric })}
          />
        </Field>
        <Field id="explore-by" label={t("home.by")}>
          <Select
            id="explore-by"
            value={by ?? WHOLE}
            style={{ width: 170 }}
            options={[{ value: WHOLE, label: t("explore.whole") }, ...dimensions.map((one) => ({ value: one.name, label: one.title }))]}
            onChange={(next) => set({ by: next })}
          />
        </Field>
        {timed && (
          <>
            <Field label={t("home.period")}>
              <Segmented<Period | "days">
                aria-label={t("home.period")}
                value={days ? "days" : period}
                options={[...PERIODS.map((value) => ({ value, label: t(`home.period.${value}`) })), ...(days ? [{ value: "days" as const, label: t("explore.days") }] : [])]}
                onChange={(next) => next !== "days" && set({ period: next, from: undefined, until: undefined })}
              />
            </Field>
            <Field id="explore-days" label={t("explore.orDays")}>
              <DayRange id="explore-days" value={{ from, until }} onChange={(next) => set({ from: next.from, until: next.until })} />
            </Field>
            <Field id="explore-compare" label={t("explore.compare")}>
              <Select<Compare>
                id="explore-compare"
                allowClear
                placeholder={t("explore.noCompare")}
                value={search.compare ?? null}
                disabled={!days && period === "all"}
                style={{ width: 190 }}
                options={COMPARES.map((value) => ({ value, label: t(`explore.compare.${value}`) }))}
                onChange={(compare: Compare | undefined) => set({ compare })}
              />
            </Field>
          </>
        )}
        {dimensions.some((one) => one.name === "conversion") && (conversions.data?.items.length ?? 0) > 1 && (
          <Field id="explore-conversion" label={t("home.conversion")}>
            <Select
              id="explore-conversion"
              value={search.conversion ?? conversions.data?.items[0]?.id ?? null}
              style={{ width: 300 }}
              options={(conversions.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
              onChange={(conversion) => set({ conversion })}
            />
          </Field>
        )}
      </Flex>
    </Card>
  );
}

function Field({ id, label, children }: { id?: string; label: string; children: React.ReactNode }) {
  return (
    <Flex vertical gap={4}>
      {id ? <label htmlFor={id}>{label}</label> : <span>{label}</span>}
      {children}
    </Flex>
  );
}
