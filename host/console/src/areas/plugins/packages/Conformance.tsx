/** What the conformance suite of its kind found of a package: every check, what it proves, what it cost. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Progress, Statistic } from "antd";
import type { ReactNode } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { ProblemError } from "@/api/problem";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useAction } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag, type Mood } from "@/parts/StateTag";
import { useWords } from "@/words";
import { conformanceQuery } from "../questions";

type Check = Schemas["PluginCheckResult"];

const MOODS: Record<string, Mood> = { passed: "good", failed: "bad", "not-applicable": "quiet", "not-run": "warning" };
const LOOK_AGAIN_MS = 2_000;
const runs = (state: string | undefined) => state === "waiting" || state === "running";

export function Conformance({ digest }: { digest: string }) {
  const { t, f } = useWords();
  const asked = useQuery({ ...conformanceQuery(digest), refetchInterval: ({ state }) => (runs(state.data?.state) ? LOOK_AGAIN_MS : false) });
  if (asked.error instanceof ProblemError && asked.error.status === 404) {
    return <Empty title={t("conformance.none")} what={t("conformance.noneWhat")} action={<Again digest={digest} />} />;
  }
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const { data } = asked;
  return (
    <>
      {runs(data.state) && (
        <div role="status" aria-live="polite" className="banner">
          <Progress aria-label={t("conformance.running")} percent={data.total ? Math.floor((100 * (data.done ?? 0)) / data.total) : 0} status="active" />
          {t("conformance.running")}
        </div>
      )}
      {data.state === "failed" && <Alert type="error" showIcon className="banner" title={t("conformance.broke")} description={data.error} />}
      {data.state === "done" && (
        <Alert type={data.holds ? "success" : "warning"} showIcon className="banner" title={data.holds ? t("conformance.holds") : t("conformance.holdsNot")} description={t("conformance.when", { at: f.time(data.finished_at), suite: data.suite })} />
      )}
      <div className="figures">
        <Statistic title={t("conformance.passed")} value={f.number(data.passed)} />
        <Statistic title={t("conformance.failed")} value={f.number(data.failed)} />
        <Statistic title={t("conformance.notApplicable")} value={f.number(data.not_applicable)} />
        <Statistic title={t("conformance.notRun")} value={f.number(data.not_run)} />
      </div>
      <Checks checks={data.checks} tools={!runs(data.state) && <Again digest={digest} />} />
    </>
  );
}

function Checks({ checks, tools }: { checks: Check[]; tools: ReactNode }) {
  const { t, f, code } = useWords();
  // What failed first, then as the suite has them.
  const rows = [...checks].sort((a, b) => Number(b.verdict === "failed") - Number(a.verdict === "failed"));
  const columns: Column<Check>[] = [
    { key: "verdict", title: t("plugin.verdict"), text: (row) => code("check", row.verdict), cell: (row) => <StateTag mood={MOODS[row.verdict] ?? "quiet"}>{code("check", row.verdict)}</StateTag> },
    { key: "name", title: t("conformance.check"), text: (row) => row.name, cell: (row) => <span className="mono">{row.name}</span> },
    { key: "proves", title: t("conformance.proves"), text: (row) => row.proves, cell: (row) => row.proves },
    { key: "detail", title: t("conformance.why"), text: (row) => row.detail ?? "", cell: (row) => row.detail ?? "—" },
    { key: "runs", title: t("conformance.runs"), text: (row) => row.runs, cell: (row) => f.number(row.runs), align: "right" },
    { key: "cpu", title: t("plugin.cpu"), text: (row) => row.cpu_us, cell: (row) => f.took(row.cpu_us), align: "right" },
    { key: "wall", title: t("plugin.wall"), text: (row) => row.wall_us, cell: (row) => f.took(row.wall_us), align: "right" },
    { key: "memory", title: t("plugin.memory"), text: (row) => row.memory_peak_bytes, cell: (row) => f.bytes(row.memory_peak_bytes), align: "right", hidden: true },
    { key: "calls", title: t("plugin.hostCalls"), text: (row) => row.host_calls, cell: (row) => f.number(row.host_calls), align: "right", hidden: true },
  ];
  return <DataTable<Check> name="conformance" label={t("conformance.checks")} columns={columns} rows={rows} rowKey={(row) => row.name} tools={tools} />;
}

function Again({ digest }: { digest: string }) {
  const { t } = useWords();
  const may = useMay();
  const queries = useQueryClient();
  const { run } = useAction();
  if (!may("plugins.write")) return null;
  const ask = async () => {
    const begun = await answer(api.POST("/api/v1/plugins/{digest}/conformance", { params: { path: { digest } } }));
    queries.setQueryData(conformanceQuery(digest).queryKey, begun);
  };
  return (
    <Button size="small" onClick={() => void run(ask, t("conformance.asked"))}>
      {t("conformance.again")}
    </Button>
  );
}
