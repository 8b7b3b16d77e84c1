/** Goals against what happened. */
import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag, type Mood } from "@/parts/StateTag";
import { useWords } from "@/words";

type Goal = Schemas["GoalStatus"];
const MOODS: Record<string, Mood> = { reached: "good", missed: "bad", open: "waiting", unknown: "warning" };

export function GoalsMet({ campaign, conversion }: { campaign: string; conversion: string | undefined }) {
  const { t, f, code } = useWords();
  const asked = useQuery({
    queryKey: ["campaigns", campaign, "goals", conversion],
    queryFn: () => answer(api.GET("/api/v1/campaigns/{id}/goals", { params: { path: { id: campaign }, query: { conversion } } })),
  });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  const columns: Column<Goal>[] = [
    { key: "metric", title: t("campaign.metric"), text: (row) => row.title, cell: (row) => row.title },
    { key: "expected", title: t("campaign.expected"), align: "right", text: (row) => row.expected, cell: (row) => f.value(row.expected, row.unit) },
    { key: "sofar", title: t("campaign.soFar"), align: "right", text: (row) => row.so_far, cell: (row) => f.value(row.so_far, row.unit) },
    { key: "left", title: t("review.left"), align: "right", text: (row) => row.left, cell: (row) => f.value(row.left, row.unit) },
    { key: "state", title: t("campaign.state"), text: (row) => code("goal.state", row.state), cell: (row) => <StateTag mood={MOODS[row.state] ?? "quiet"}>{code("goal.state", row.state)}</StateTag> },
    { key: "due", title: t("campaign.due"), text: (row) => row.due_at, cell: (row) => f.date(row.due_at) },
    { key: "note", title: t("review.note"), text: (row) => row.why ?? (row.scope === "workspace" ? t("review.wholeWorkspace") : ""), cell: (row) => row.why ?? (row.scope === "workspace" ? t("review.wholeWorkspace") : "—") },
  ];
  return (
    <DataTable<Goal>
      name="goals-met"
      label={t("review.goals")}
      columns={columns}
      rows={asked.data?.items ?? []}
      rowKey={(row) => row.metric}
      loading={asked.isPending}
      empty={<Empty title={t("campaign.noGoals")} what={t("campaign.noGoalsWhat")} />}
    />
  );
}
