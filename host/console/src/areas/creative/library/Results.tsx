/** What came of a creative: each use over time, and by campaign. */
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Card, Statistic } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { campaignNamesQuery } from "@/areas/campaign/questions";
import { Chart } from "@/parts/Chart";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";
import { AddResult } from "./AddResult";
import { revenue } from "./revenue";
import type { Creative } from "./words";

type Result = Schemas["CreativeResult"];
const route = getRouteApi("/in/creative/library/$id");
/** Uses on the chart, the newest. */
const CHART_MAX = 50;

export function Results({ creative }: { creative: Creative }) {
  const { t, f } = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const campaigns = useQuery({ ...campaignNamesQuery, enabled: may("campaign.read") });
  const [adding, setAdding] = useState(false);
  const { past } = creative;
  const name = (id: string | null | undefined) => (id ? (campaigns.data?.items.find((one) => one.id === id)?.name ?? id) : "");
  const columns: Column<Result>[] = [
    { key: "at", title: t("creative.at"), text: (row) => row.at, cell: (row) => f.date(row.at) },
    { key: "label", title: t("creative.label"), text: (row) => row.label, cell: (row) => <bdi>{row.label}</bdi> },
    { key: "campaign", title: t("creative.campaign"), text: (row) => name(row.campaign), cell: (row) => (row.campaign ? <Link to="/campaigns/$id" params={{ id: row.campaign }}><bdi>{name(row.campaign)}</bdi></Link> : "—") },
    { key: "objective", title: t("creative.field.objectives"), text: (row) => row.objective, cell: (row) => row.objective || "—" },
    { key: "tried", title: t("creative.tried"), text: (row) => row.tried, cell: (row) => f.number(row.tried), align: "right" },
    { key: "reached", title: t("creative.reached"), text: (row) => row.reached, cell: (row) => f.number(row.reached), align: "right" },
    { key: "clicks", title: t("creative.clicks"), text: (row) => row.clicks, cell: (row) => f.number(row.clicks), align: "right" },
    { key: "revenue", title: t("creative.revenue"), text: (row) => revenue(f, row.revenue), cell: (row) => revenue(f, row.revenue), align: "right" },
  ];
  const add = may("creative.write") && (
    <Button icon={<PlusOutlined />} onClick={() => setAdding(true)}>
      {t("creative.addResult")}
    </Button>
  );
  return (
    <>
      {past.results > 0 && (
        <>
          <div className="figures narrow">
            <Card size="small"><Statistic title={t("creative.uses")} value={f.number(past.results)} /></Card>
            <Card size="small"><Statistic title={t("creative.tried")} value={f.number(past.tried)} /></Card>
            <Card size="small"><Statistic title={t("creative.reached")} value={f.number(past.reached)} /></Card>
            {past.clicks !== undefined && past.clicks !== null && <Card size="small"><Statistic title={t("creative.clicks")} value={f.number(past.clicks)} /></Card>}
            {past.revenue.length > 0 && <Card size="small"><Statistic title={t("creative.revenue")} value={revenue(f, past.revenue)} /></Card>}
          </div>
          <OverTime creative={creative.id} version={creative.version} />
        </>
      )}
      <CursorTable<Result>
        name="creative-results"
        label={t("creative.results")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["creatives", creative.id, "results"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/creatives/{id}/results", { params: { path: { id: creative.id }, query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={<Empty title={t("creative.noResults")} what={t("creative.noResultsWhat")} action={add} />}
        tools={past.results > 0 && add}
      />
      {adding && <AddResult creative={creative.id} onClose={() => setAdding(false)} />}
    </>
  );
}

function OverTime({ creative, version }: { creative: string; version: number }) {
  const { t, f } = useWords();
  const asked = useQuery({
    queryKey: ["creatives", creative, "results", "chart", version],
    queryFn: () => answer(api.GET("/api/v1/creatives/{id}/results", { params: { path: { id: creative }, query: { limit: CHART_MAX } } })),
  });
  // Two uses or more make a course of time.
  if (!asked.data || asked.data.items.length < 2) return null;
  const rows = [...asked.data.items].reverse();
  return (
    <Card className="panel" title={t("creative.overTime")}>
      <Chart
        title={t("creative.overTime")}
        name="creative-over-time"
        kind="bar"
        by={t("creative.at")}
        categories={rows.map((row) => f.date(row.at))}
        series={[
          { name: t("creative.tried"), values: rows.map((row) => row.tried) },
          { name: t("creative.reached"), values: rows.map((row) => row.reached) },
        ]}
        show={f.number}
        tick={f.compact}
        height={240}
      />
    </Card>
  );
}
