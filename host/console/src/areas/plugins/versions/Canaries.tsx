/** Canaries with their verdicts: what came of each, by which rule, with the figures of both sides. */
import type { Schemas } from "@/api/client";
import { useActor } from "@/api/actor";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { StateTag, type Mood } from "@/parts/StateTag";
import { useWords } from "@/words";

type Canary = Schemas["Canary"];
const MOODS: Record<string, Mood> = { running: "busy", held: "waiting", activated: "good", returned: "bad", stopped: "quiet" };

export function Canaries({ canaries, label }: { canaries: Canary[]; label?: (version: string) => string }) {
  const { t, f, code } = useWords();
  const who = useActor();
  const both = (row: Canary, of: (figures: Schemas["CanaryFigures"]) => number) => t("canary.both", { candidate: of(row.new), old: of(row.old) });
  const columns: Column<Canary>[] = [
    { key: "began", title: t("canary.began"), text: (row) => row.began_at, cell: (row) => f.time(row.began_at) },
    ...(label ? [{ key: "version", title: t("plugin.version"), text: (row: Canary) => label(row.version), cell: (row: Canary) => label(row.version) }] : []),
    { key: "state", title: t("plugin.state"), text: (row) => code("canary", row.state), cell: (row) => <StateTag mood={MOODS[row.state] ?? "quiet"}>{code("canary", row.state)}</StateTag> },
    { key: "share", title: t("plugin.share"), text: (row) => row.terms.percent ?? null, cell: (row) => f.percent((row.terms.percent ?? 0) / 100), align: "right" },
    { key: "runs", title: t("canary.runsBoth"), text: (row) => both(row, (one) => one.runs), cell: (row) => both(row, (one) => one.runs), align: "right" },
    { key: "failed", title: t("canary.failedBoth"), text: (row) => both(row, (one) => one.failed), cell: (row) => both(row, (one) => one.failed), align: "right" },
    { key: "rule", title: t("canary.rule"), text: (row) => (row.verdict ? code("canary.rule", row.verdict.rule) : ""), cell: (row) => (row.verdict ? code("canary.rule", row.verdict.rule) : "—") },
    { key: "detail", title: t("canary.why"), text: (row) => row.verdict?.detail ?? "", cell: (row) => row.verdict?.detail ?? "—" },
    { key: "ended", title: t("canary.ended"), text: (row) => row.ended_at ?? "", cell: (row) => f.time(row.ended_at) },
    { key: "by", title: t("canary.by"), text: (row) => who(row.began_by), cell: (row) => who(row.began_by) },
  ];
  if (canaries.length === 0) return <Empty title={t("canary.none")} what={t("canary.noneWhat")} />;
  return <DataTable<Canary> name="canaries" label={t("canary.history")} columns={columns} rows={canaries} rowKey={(row) => row.id} />;
}
