/** One metric looked into: what it means, how it is made, and step by step down to what is under it. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Drawer, Flex, Select, Tag } from "antd";
import { Empty } from "@/parts/Empty";
import { Loading } from "@/parts/Loading";
import { useWords } from "@/words";
import { Definition } from "./Definition";
import { MetricChart } from "./MetricChart";
import { span, step, TIMES, type Period } from "./period";
import { catalogueQuery, whereOf } from "./questions";

const route = getRouteApi("/in/");
const ROWS_MAX = 100;

export function MetricDrawer({ metric, period, end, conversion }: { metric: string; period: Period; end: Date; conversion: string | undefined }) {
  const { t } = useWords();
  const search = route.useSearch();
  const { by: chosen, where = [] } = search;
  const navigate = route.useNavigate();
  const catalogue = useQuery(catalogueQuery);
  const known = catalogue.data?.items.find((one) => one.name === metric);
  const close = () => void navigate({ search: { period: search.period } });
  if (!catalogue.data) return <Drawer open onClose={close} size="large" loading />;
  if (!known) {
    return (
      <Drawer open onClose={close} title={metric} size="large">
        <Empty title={t("home.unknown", { metric })} />
      </Drawer>
    );
  }
  const names = known.dimensions.map((one) => one.name);
  const by = chosen && names.includes(chosen) ? chosen : (names.find((one) => one === step(period)) ?? names[0]);
  const steps = where.map((one) => ({ dimension: one.slice(0, one.indexOf(":")), key: one.slice(one.indexOf(":") + 1), raw: one }));
  const filter = Object.fromEntries(steps.map((one) => [one.dimension, [one.key]]));
  const time = TIMES.includes(by ?? "");
  const timed = names.includes("day");

  function pick(key: string) {
    const left = names.filter((name) => name !== by && !TIMES.includes(name) && !steps.some((one) => one.dimension === name));
    const next = left[0] ?? names.find((name) => TIMES.includes(name));
    void navigate({ search: { ...search, where: [...where, `${by}:${key}`], by: next } });
  }

  const title = (name: string) => known.dimensions.find((one) => one.name === name)?.title ?? name;
  return (
    <Drawer open onClose={close} title={known.title} size={960}>
      <Definition metric={known} />
      {by ? (
        <>
          <Flex gap={8} align="center" wrap className="table-tools">
            <label htmlFor="metric-by">{t("home.by")}</label>
            <Select
              id="metric-by"
              value={by}
              style={{ width: 200 }}
              options={known.dimensions.map((one) => ({ value: one.name, label: one.title }))}
              onChange={(next) => void navigate({ search: { ...search, by: next } })}
            />
            {steps.map((one) => (
              <Tag
                key={one.raw}
                closable
                onClose={() => void navigate({ search: { ...search, where: where.filter((raw) => raw !== one.raw) } })}
              >
                {one.dimension === "campaign" ? (
                  <Link to="/campaigns/$id" params={{ id: one.key }}>
                    {title(one.dimension)}
                  </Link>
                ) : (
                  `${title(one.dimension)}: ${one.key || t("home.unnamed")}`
                )}
              </Tag>
            ))}
          </Flex>
          <MetricChart
            question={{ metric, by: [by], where: whereOf(known, filter, conversion) ?? {}, ...(timed && span(period, end)), ...(!time && { limit: ROWS_MAX, order: "value-descending" }) }}
            kind={time ? "line" : "rows"}
            empty={<Empty title={t("home.nothing")} what={t("home.nothingWhat")} />}
            onPick={time ? undefined : pick}
          />
        </>
      ) : (
        <Loading />
      )}
    </Drawer>
  );
}
