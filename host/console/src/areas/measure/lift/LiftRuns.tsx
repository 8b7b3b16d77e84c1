/** Lift runs: what was held against what, and what followed in one sentence. */
import { PlusOutlined } from "@ant-design/icons";
import { getRouteApi, Link } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { MeasureTabs } from "../MeasureTabs";
import { lastOf, RunState, useNames } from "../runs";
import { changeOf } from "./result";

type Run = Schemas["LiftRun"];
const route = getRouteApi("/in/measure/lift");

export function LiftRuns() {
  const { t, f, code, language } = useWords();
  const may = useMay();
  const names = useNames();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const of = (row: Run) => (row.campaign ? names.campaign(row.campaign) : names.experiment(row.experiment));
  const interval = (row: Run) => {
    const change = row.result && changeOf(row.result);
    return change ? t("lift.interval", { estimate: f.percent(change.estimate), low: f.percent(change.low), high: f.percent(change.high) }) : "—";
  };
  const columns: Column<Run>[] = [
    { key: "of", title: t("lift.of"), text: of, cell: (row) => <Link to="/measure/lift/$id" params={{ id: row.id }}><bdi>{of(row)}</bdi></Link> },
    { key: "state", title: t("run.state"), text: (row) => code("run.state", row.state), cell: (row) => <RunState state={row.state} /> },
    { key: "design", title: t("lift.design"), text: (row) => (row.result ? code("lift.design", row.result.design) : ""), cell: (row) => (row.result ? code("lift.design", row.result.design) : "—") },
    { key: "change", title: t("lift.change"), text: interval, cell: interval },
    { key: "sentence", title: t("lift.sentence"), text: (row) => row.result?.sentence[language] ?? "", cell: (row) => row.result?.sentence[language] ?? "—" },
    { key: "span", title: t("attribution.span"), text: (row) => `${row.starts_at} ${row.ends_at}`, cell: (row) => t("attribution.fromUntil", { from: f.date(row.starts_at), until: f.date(lastOf(row.ends_at)) }) },
    { key: "conversion", title: t("attribution.conversion"), text: (row) => (row.conversion ? names.conversion(row.conversion) : t("lift.allOrders")), cell: (row) => (row.conversion ? names.conversion(row.conversion) : t("lift.allOrders")), hidden: true },
    { key: "created", title: t("run.created"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at), hidden: true },
  ];
  const make = may("measure.write") && (
    <LinkButton to="/measure/lift/new" type="primary" icon={<PlusOutlined />}>
      {t("lift.new")}
    </LinkButton>
  );
  return (
    <Page title={t("measure.lift")} lead={t("lift.lead")} help={["lift.help.what", "lift.help.naive", "lift.help.interval"]} actions={make}>
      <MeasureTabs at="lift" />
      <CursorTable<Run>
        name="lift-runs"
        label={t("measure.lift")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["lift-runs", "list"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/lift-runs", { params: { query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        refresh={5_000}
        empty={<Empty title={t("lift.none")} what={t("lift.noneWhat")} action={make} />}
      />
    </Page>
  );
}
