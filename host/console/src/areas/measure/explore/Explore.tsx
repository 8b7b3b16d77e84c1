/** The metric explorer: any metric of the catalogue, by any dimension, over any days; all of it stands in the address. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Card, Drawer } from "antd";
import type { Schemas } from "@/api/client";
import { Empty } from "@/parts/Empty";
import { Wall } from "@/parts/Fault";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { instants } from "../days";
import { Definition } from "../Definition";
import { MeasureTabs } from "../MeasureTabs";
import { MetricChart } from "../MetricChart";
import { span, step, TIMES } from "../period";
import { catalogueQuery, conversionsQuery, useEnd, whereOf, type Question } from "../questions";
import { Annotations, useMarks } from "./Annotations";
import { Asked } from "./Asked";
import { Filters } from "./Filters";
import { Total } from "./Total";
import { filterOf, WHOLE } from "./filter";

const route = getRouteApi("/in/measure/explore");
const METRIC = "revenue";
const ROWS_MAX = 200;

export function Explore() {
  const { t } = useWords();
  const { metric = METRIC, definition } = route.useSearch();
  const navigate = route.useNavigate();
  const catalogue = useQuery(catalogueQuery);
  const end = useEnd();
  const known = catalogue.data?.items.find((one) => one.name === metric);
  const defined = catalogue.data?.items.find((one) => one.name === definition);
  return (
    <Page title={t("measure.explore")} lead={t("explore.lead")} help={["explore.help.what", "explore.help.compare", "explore.help.notes", "home.help.change"]}>
      <MeasureTabs at="explore" />
      {catalogue.isError ? (
        <ProblemAlert error={catalogue.error} onRetry={() => void catalogue.refetch()} />
      ) : !catalogue.data || !end ? (
        <Loading />
      ) : (
        <>
          <Asked catalogue={catalogue.data.items} known={known} />
          {known ? <Answered key={known.name} known={known} end={end} /> : <Empty title={t("home.unknown", { metric })} />}
        </>
      )}
      <Drawer open={defined !== undefined} title={defined?.title} size={560} onClose={() => void navigate({ search: (old) => ({ ...old, definition: undefined }), resetScroll: false })}>
        {defined && <Definition metric={defined} />}
      </Drawer>
    </Page>
  );
}

function Answered({ known, end }: { known: Schemas["Metric"]; end: Date }) {
  const { t, f } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const conversions = useQuery(conversionsQuery);
  const { period = "365d", from, until, compare, where = [] } = search;
  const dimensions = known.dimensions.map((one) => one.name);
  const timed = dimensions.includes("day");
  const by = search.by === WHOLE ? undefined : search.by && dimensions.includes(search.by) ? search.by : (dimensions.find((one) => one === step(period)) ?? dimensions[0]);
  const time = by !== undefined && TIMES.includes(by);
  const chosen = from || until ? instants({ from, until }, f.zone) : span(period, end);
  const filter = whereOf(known, filterOf(where, dimensions), search.conversion ?? conversions.data?.items[0]?.id) ?? {};
  const base: Question = { metric: known.name, where: filter, ...(timed && chosen), ...(timed && chosen.start && compare && { compare }) };
  const { marks, notes } = useMarks(time && timed ? chosen : undefined);

  function pick(key: string) {
    if (!by) return;
    const next = timed ? step(period) : dimensions.find((one) => one !== by && !where.some((raw) => raw.startsWith(`${one}:`)));
    void navigate({ search: (old) => ({ ...old, where: [...where, `${by}:${key}`], by: next }), resetScroll: false });
  }

  return (
    <>
      <Filters known={known} span={timed ? chosen : {}} />
      <Total question={base} known={known} by={by} />
      {by && (
        <Card className="panel">
          <Wall>
            <MetricChart
              question={{ ...base, by: [by], ...(!time && { limit: ROWS_MAX, order: "value-descending" }) }}
              kind={time ? "line" : "rows"}
              compared={compare && t(`explore.compare.${compare}`)}
              marks={marks}
              empty={<Empty title={t("home.nothing")} what={t("home.nothingWhat")} />}
              onPick={time ? undefined : pick}
            />
          </Wall>
        </Card>
      )}
      {time && timed && <Annotations notes={notes} />}
    </>
  );
}
