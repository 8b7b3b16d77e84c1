/** Models side by side: what each gives every channel, and how far they disagree. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Card } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { Chart, type Series } from "@/parts/Chart";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { minorUnits } from "@/words/format";
import { MeasureTabs } from "../MeasureTabs";
import { CreditOf } from "./CreditOf";

type Compared = Schemas["AttributionRunsCompared"];
type Head = Schemas["AttributionRunHead"];
type Row = Schemas["AttributionChannelCompared"];
const route = getRouteApi("/in/measure/attribution/compare");

export function Compare() {
  const { t } = useWords();
  const { runs = "" } = route.useSearch();
  const asked = useQuery({
    queryKey: ["attribution-runs", "compare", runs],
    enabled: runs !== "",
    queryFn: () => answer(api.GET("/api/v1/attribution-runs/compare", { params: { query: { runs } } })),
  });
  return (
    <Page title={t("attribution.sideBySide")} lead={<Link to="/measure/attribution" search={{ runs: runs || undefined }}>{t("attribution.chooseOthers")}</Link>} help={["attribution.help.compare", "attribution.help.what"]}>
      <MeasureTabs at="attribution" />
      {runs === "" ? (
        <Empty title={t("attribution.compareHow")} />
      ) : asked.isError ? (
        <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />
      ) : asked.data ? (
        <Shown compared={asked.data} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}

function Shown({ compared }: { compared: Compared }) {
  const { t, f, code } = useWords();
  const { of = "conversions" } = route.useSearch();
  const navigate = route.useNavigate();
  const { runs } = compared;
  // As the first run has them, the largest first.
  const channels = [...compared.channels].sort((a, b) => (b.conversions[0] ?? 0) - (a.conversions[0] ?? 0));
  const currency = runs[0]?.value.currency ?? "USD";
  const named = names(runs.map((one) => code("attribution.model", one.model)));
  const money = of === "value";
  const show = (value: number | null) => (money ? f.money(value, currency) : f.number(value));
  const series: Series[] = runs.map((_, at) => ({
    name: named[at] ?? "",
    values: channels.map((one) => (money ? one.value_minor[at] : one.conversions[at]) ?? null),
  }));
  const columns: Column<Row>[] = [
    { key: "channel", title: t("attribution.channel"), text: (row) => row.channel, cell: (row) => row.channel },
    ...runs.map((run, at) => ({
      key: run.id,
      title: named[at] ?? run.model,
      align: "right" as const,
      text: (row: Row) => row.shares[at],
      cell: (row: Row) => f.percent(row.shares[at]),
    })),
    { key: "spread", title: t("attribution.spread"), align: "right", text: (row) => row.spread, cell: (row) => f.percent(row.spread) },
  ];
  const heads: Column<Head>[] = [
    { key: "model", title: t("attribution.model"), text: (row) => named[runs.indexOf(row)], cell: (row) => <Link to="/measure/attribution/$id" params={{ id: row.id }}>{named[runs.indexOf(row)]}</Link> },
    { key: "conversions", title: t("attribution.conversions"), align: "right", text: (row) => row.conversions, cell: (row) => f.number(row.conversions) },
    { key: "value", title: t("attribution.value"), align: "right", text: (row) => row.value.minor, cell: (row) => f.money(row.value.minor, row.value.currency) },
  ];
  return (
    <>
      <Alert
        className="banner"
        type={compared.same_paths ? "success" : "warning"}
        showIcon
        title={t(compared.same_paths ? "attribution.samePaths" : "attribution.otherPaths")}
      />
      <Card
        className="panel"
        title={t("attribution.credit")}
        extra={<CreditOf value={of} onChange={(next) => void navigate({ search: (old) => ({ ...old, of: next }) })} />}
      >
        <Chart
          title={t("attribution.sideBySide")}
          name={`attribution-compare-${of}`}
          kind="bar"
          by={t("attribution.channel")}
          categories={channels.map((one) => one.channel)}
          series={series}
          show={show}
          tick={(value) => f.compact(money ? value / minorUnits(currency) : value)}
          height={360}
        />
      </Card>
      <Card className="panel" title={t("attribution.shares")}>
        <DataTable name="attribution-shares" label={t("attribution.shares")} columns={columns} rows={channels} rowKey={(row) => row.channel} />
      </Card>
      <Card className="panel" title={t("attribution.runsCompared")}>
        <DataTable name="attribution-compared" label={t("attribution.runsCompared")} columns={heads} rows={runs} rowKey={(row) => row.id} />
      </Card>
    </>
  );
}

/** Two runs may be called alike: they are told apart by a number. */
function names(models: string[]): string[] {
  return models.map((one, at) => {
    const twins = models.filter((other) => other === one).length;
    return twins > 1 ? `${one} (${String(models.slice(0, at + 1).filter((other) => other === one).length)})` : one;
  });
}
