/** Report runs: what was written, in which language, and where it stands. */
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import { useActor } from "@/api/actor";
import { useMay } from "@/api/me";
import { installationsQuery } from "@/areas/plugins/questions";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { MeasureTabs } from "../MeasureTabs";
import { RunState, useNames } from "../runs";

type Run = Schemas["ReportRun"];
const route = getRouteApi("/in/measure/reports");

export function Reports() {
  const { t, f, code } = useWords();
  const may = useMay();
  const who = useActor();
  const names = useNames();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const installations = useQuery({ ...installationsQuery, enabled: may("plugins.read") });
  const plugin = (row: Run) => installations.data?.items.find((one) => one.id === row.installation)?.name ?? "—";
  // A report about a campaign names it as its parameter.
  const about = (row: Run) => {
    const { campaign } = row.parameters as { campaign?: unknown };
    return typeof campaign === "string" ? names.campaign(campaign) : "—";
  };
  const columns: Column<Run>[] = [
    { key: "title", title: t("report.title"), text: (row) => row.title, cell: (row) => <Link to="/measure/reports/$id" params={{ id: row.id }}><bdi>{row.title}</bdi></Link> },
    { key: "about", title: t("report.about"), text: about, cell: (row) => <bdi>{about(row)}</bdi> },
    { key: "language", title: t("report.language"), text: (row) => code("report.locale", row.locale), cell: (row) => code("report.locale", row.locale) },
    { key: "state", title: t("run.state"), text: (row) => code("run.state", row.state), cell: (row) => <RunState state={row.state} /> },
    { key: "plugin", title: t("report.plugin"), text: plugin, cell: plugin, hidden: true },
    { key: "by", title: t("run.by"), text: (row) => who(row.created_by), cell: (row) => who(row.created_by) },
    { key: "created", title: t("run.created"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at) },
  ];
  const make = may("measure.write") && (
    <LinkButton to="/measure/reports/new" type="primary" icon={<PlusOutlined />}>
      {t("report.new")}
    </LinkButton>
  );
  return (
    <Page title={t("measure.reports")} lead={t("report.lead")} help={["report.help.what", "report.help.safe", "receipt.help"]} actions={make}>
      <MeasureTabs at="reports" />
      <CursorTable<Run>
        name="report-runs"
        label={t("measure.reports")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["report-runs", "list"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/report-runs", { params: { query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        refresh={5_000}
        empty={<Empty title={t("report.none")} what={t("report.noneWhat")} action={make} />}
      />
    </Page>
  );
}
