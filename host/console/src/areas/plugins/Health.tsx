/** How an installation fares: runs, time, failures by limit, breaker; a canary beside what serves. */
import { useQuery } from "@tanstack/react-query";
import { Alert, Statistic, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { Chart } from "@/parts/Chart";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";
import { breakerState } from "./questions";

type Installation = Schemas["Installation"];
type Denied = Schemas["DeniedCall"];

export function Health({ installation }: { installation: Installation }) {
  const { t, f, code } = useWords();
  const { health, canary } = installation;
  const limits = Object.entries(health.failures_by_limit);
  return (
    <>
      <div className="figures">
        <Statistic title={t("plugin.runs")} value={f.number(health.runs)} />
        <Statistic title={t("plugin.failed")} value={f.number(health.failed)} />
        <Statistic title={t("plugin.p50")} value={f.took(health.p50_wall_us)} />
        <Statistic title={t("plugin.p99")} value={f.took(health.p99_wall_us)} />
        <Statistic title={t("plugin.cpu")} value={f.took(health.cpu_us)} />
        <Statistic title={t("plugin.breaker")} value={code("breaker", breakerState(health))} />
      </div>
      {canary && <Canary canary={canary} />}
      <Typography.Title level={2}>{t("plugin.byLimit")}</Typography.Title>
      {limits.length === 0 ? (
        <Empty title={t("plugin.noFailures")} what={t("plugin.noFailuresWhat")} />
      ) : (
        <Chart
          title={t("plugin.byLimit")}
          name="failures"
          kind="rows"
          by={t("plugin.limit")}
          height={Math.max(120, limits.length * 36)}
          categories={limits.map(([limit]) => limit)}
          series={[{ name: t("plugin.failed"), values: limits.map(([, count]) => count) }]}
          show={(value) => f.number(value)}
        />
      )}
      {health.denied_calls > 0 && <Denials installation={installation.id} />}
    </>
  );
}

function Canary({ canary }: { canary: Schemas["Canary"] }) {
  const { t, f } = useWords();
  const { new: candidate, old, terms, verdict } = canary;
  const mean = (figures: Schemas["CanaryFigures"]) => (figures.runs > 0 ? figures.cpu_us / figures.runs : null);
  const rows = [
    { key: "runs", label: t("plugin.runs"), candidate: f.number(candidate.runs), old: f.number(old.runs) },
    { key: "failed", label: t("plugin.failed"), candidate: f.number(candidate.failed), old: f.number(old.failed) },
    { key: "wrong", label: t("plugin.wrong"), candidate: f.number(candidate.wrong), old: f.number(old.wrong) },
    { key: "cpu", label: t("plugin.cpuRun"), candidate: took(mean(candidate)), old: took(mean(old)) },
  ];
  function took(us: number | null): string {
    return us === null ? "—" : f.took(Math.round(us));
  }
  type Row = (typeof rows)[number];
  const columns: Column<Row>[] = [
    { key: "label", title: t("plugin.figure"), text: (row) => row.label, cell: (row) => row.label },
    { key: "candidate", title: t("plugin.candidate"), text: (row) => row.candidate, cell: (row) => row.candidate, align: "right" },
    { key: "old", title: t("plugin.serves"), text: (row) => row.old, cell: (row) => row.old, align: "right" },
  ];
  return (
    <section aria-label={t("plugin.canaryRuns")}>
      <Alert
        type="info"
        showIcon
        className="banner"
        title={t("plugin.canaryRuns")}
        description={verdict?.detail ?? t("plugin.canaryTerms", { percent: terms.percent ?? 0, runs: terms.runs ?? 0, minutes: Math.round((terms.seconds ?? 0) / 60) })}
      />
      <DataTable name="canary" label={t("plugin.canaryRuns")} columns={columns} rows={rows} rowKey={(row) => row.key} />
    </section>
  );
}

function Denials({ installation }: { installation: string }) {
  const { t, f } = useWords();
  const asked = useQuery({
    queryKey: ["installations", installation, "denials"],
    queryFn: () => answer(api.GET("/api/v1/installations/{id}/denials", { params: { path: { id: installation } } })),
  });
  const columns: Column<Denied>[] = [
    { key: "capability", title: t("plugin.permission"), text: (row) => row.capability, cell: (row) => row.capability },
    { key: "target", title: t("plugin.target"), text: (row) => row.target, cell: (row) => <span className="mono">{row.target}</span> },
    { key: "reason", title: t("campaign.reason"), text: (row) => row.reason, cell: (row) => row.reason },
    { key: "calls", title: t("plugin.calls"), text: (row) => row.calls, cell: (row) => f.number(row.calls), align: "right" },
    { key: "last", title: t("plugin.lastAt"), text: (row) => row.last_at, cell: (row) => f.time(row.last_at) },
  ];
  return (
    <>
      <Typography.Title level={2} className="section">{t("plugin.denied")}</Typography.Title>
      <DataTable<Denied> name="denials" label={t("plugin.denied")} columns={columns} rows={asked.data?.items ?? []} rowKey={(row) => `${row.capability} ${row.target}`} loading={asked.isPending} />
    </>
  );
}
