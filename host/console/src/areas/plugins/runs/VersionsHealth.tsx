/** Version beside version: share, runs, failures, times, cost, breaker; the times as a chart. */
import type { Schemas } from "@/api/client";
import { Chart } from "@/parts/Chart";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { breakerOf, pluginMood } from "../questions";

type Row = Schemas["VersionHealth"];

export function VersionsHealth({ versions }: { versions: Row[] }) {
  const { t, f, code } = useWords();
  const limits = (row: Row) =>
    Object.entries(row.failures_by_limit)
      .map(([limit, count]) => `${limit} ${f.number(count)}`)
      .join(", ");
  const columns: Column<Row>[] = [
    { key: "version", title: t("plugin.version"), text: (row) => row.version, cell: (row) => row.version },
    { key: "state", title: t("plugin.state"), text: (row) => code("plugin.state", row.state), cell: (row) => <StateTag mood={pluginMood(row.state)}>{code("plugin.state", row.state)}</StateTag> },
    { key: "share", title: t("plugin.share"), text: (row) => row.share_percent, cell: (row) => f.percent(row.share_percent / 100), align: "right" },
    { key: "runs", title: t("plugin.runsShort"), text: (row) => row.runs, cell: (row) => f.number(row.runs), align: "right" },
    { key: "failed", title: t("plugin.failed"), text: (row) => row.failed, cell: (row) => f.number(row.failed), align: "right" },
    { key: "limits", title: t("plugin.byLimit"), text: limits, cell: (row) => limits(row) || "—" },
    { key: "cost", title: t("plugin.cpuRun"), text: (row) => (row.runs > 0 ? Math.round(row.cpu_us / row.runs) : null), cell: (row) => (row.runs > 0 ? f.took(Math.round(row.cpu_us / row.runs)) : "—"), align: "right" },
    { key: "breaker", title: t("plugin.breaker"), text: (row) => code("breaker", breakerOf(row).state), cell: (row) => code("breaker", breakerOf(row).state) },
    { key: "crashes", title: t("health.crashes"), text: (row) => row.crashes, cell: (row) => f.number(row.crashes), align: "right" },
  ];
  const ran = versions.filter((one) => one.runs > 0);
  return (
    <>
      <DataTable<Row> name="version-health" label={t("health.byVersion")} columns={columns} rows={versions} rowKey={(row) => row.id} />
      {ran.length > 0 && (
        <div className="section">
          <Chart
            title={t("health.times")}
            name="version-times"
            kind="bar"
            by={t("plugin.version")}
            height={220}
            categories={ran.map((one) => one.version)}
            series={[
              { name: t("health.p50"), values: ran.map((one) => one.p50_wall_us / 1_000) },
              { name: t("health.p99"), values: ran.map((one) => one.p99_wall_us / 1_000) },
            ]}
            show={(value) => (value === null ? "—" : f.took(Math.round(value * 1_000)))}
          />
        </div>
      )}
    </>
  );
}
