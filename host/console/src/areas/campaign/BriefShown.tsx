/** The brief as it was launched (or as those see it who may not change it), and how its goals stand. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Card, Descriptions } from "antd";
import type { Schemas } from "@/api/client";
import { RuleShown } from "@/areas/audience/segments/RuleShown";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";
import { experimentsQuery, goalsQuery, messagesQuery, segmentsQuery, sendersQuery, topicsQuery } from "./questions";

type Campaign = Schemas["Campaign"];
type Goal = Schemas["GoalStatus"];

export function BriefShown({ campaign }: { campaign: Campaign }) {
  const { t, f } = useWords();
  const segments = useQuery(segmentsQuery);
  const topics = useQuery(topicsQuery);
  const messages = useQuery(messagesQuery);
  const senders = useQuery(sendersQuery);
  const experiments = useQuery(experimentsQuery);
  const name = (items: { id: string; name: string }[] | undefined, id: string | null | undefined) =>
    id ? (items?.find((one) => one.id === id)?.name ?? id) : "—";
  const money = (minor: number | null | undefined) => f.money(minor, campaign.currency);
  const items = [
    { key: "objective", label: t("campaign.objective"), children: campaign.objective || "—" },
    { key: "kind", label: t("campaign.kind"), children: campaign.kind || "—" },
    {
      key: "segment",
      label: t("campaign.segment"),
      children: campaign.segment ? (
        <Link to="/audience/segments/$id" params={{ id: campaign.segment }}>
          {name(segments.data?.items, campaign.segment)}
        </Link>
      ) : campaign.rule ? (
        <div>
          <RuleShown rule={campaign.rule} />
        </div>
      ) : (
        "—"
      ),
    },
    { key: "topic", label: t("campaign.topic"), children: topics.data?.items.find((one) => one.code === campaign.topic)?.name ?? (campaign.topic || "—") },
    { key: "experiment", label: t("campaign.experiment"), children: name(experiments.data?.items, campaign.experiment) },
    { key: "starts", label: t("campaign.starts"), children: f.time(campaign.starts_at) },
    { key: "ends", label: t("campaign.ends"), children: f.time(campaign.ends_at) },
    { key: "unit", label: t("campaign.unitCost"), children: money(campaign.unit_cost_minor) },
    { key: "budget", label: t("campaign.budget"), children: money(campaign.budget_minor) },
    { key: "offers", label: t("campaign.offers"), children: f.number(campaign.offers.length) },
    ...campaign.messages.map((one) => ({
      key: `message-${one.channel}`,
      label: t("campaign.messageBy", { channel: one.channel }),
      children: `${name(messages.data?.items, one.message)}${one.sender ? ` · ${name(senders.data?.items, one.sender)}` : ""}`,
    })),
  ];
  return (
    <>
      <Card className="panel">
        <Descriptions column={{ xs: 1, lg: 2 }} items={items} />
      </Card>
      <Card title={t("campaign.goals")} className="panel">
        <Goals campaign={campaign.id} />
      </Card>
    </>
  );
}

function Goals({ campaign }: { campaign: string }) {
  const { t, f, code } = useWords();
  const asked = useQuery(goalsQuery(campaign));
  const columns: Column<Goal>[] = [
    { key: "metric", title: t("campaign.metric"), text: (row) => row.title, cell: (row) => row.title },
    { key: "expected", title: t("campaign.expected"), text: (row) => row.expected, cell: (row) => f.value(row.expected, row.unit), align: "right" },
    { key: "sofar", title: t("campaign.soFar"), text: (row) => row.so_far, cell: (row) => f.value(row.so_far, row.unit), align: "right" },
    { key: "state", title: t("campaign.state"), text: (row) => code("goal.state", row.state), cell: (row) => <>{code("goal.state", row.state)}{row.why ? `: ${row.why}` : ""}</> },
    { key: "due", title: t("campaign.due"), text: (row) => row.due_at, cell: (row) => f.date(row.due_at) },
  ];
  return (
    <DataTable<Goal>
      name="goals"
      label={t("campaign.goals")}
      columns={columns}
      rows={asked.data?.items ?? []}
      rowKey={(row) => row.metric}
      loading={asked.isPending}
      empty={<Empty title={t("campaign.noGoals")} what={t("campaign.noGoalsWhat")} />}
    />
  );
}
