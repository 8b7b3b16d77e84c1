/** The plan as it stands and as it was approved: every request, what was said, and what was changed since. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Card, Descriptions, Typography } from "antd";
import { useActor } from "@/api/actor";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag, type Mood } from "@/parts/StateTag";
import { useWords } from "@/words";
import { Approval } from "./Approval";
import { planQuery } from "./questions";

type Asked = Schemas["CampaignApproval"];
const route = getRouteApi("/in/campaigns/$id");
const MOODS: Record<string, Mood> = { requested: "waiting", approved: "good", refused: "bad", void: "quiet" };

export function Plan({ campaign }: { campaign: Schemas["Campaign"] }) {
  const { t } = useWords();
  const plan = useQuery(planQuery(campaign.id));
  if (plan.isError) return <ProblemAlert error={plan.error} onRetry={() => void plan.refetch()} />;
  if (!plan.data) return <Loading />;
  return (
    <>
      {campaign.state === "draft" && <Approval campaign={campaign} />}
      <Card className="panel" title={t("plan.now")} extra={<Link to="/campaigns/approval-rules">{t("plan.rules")}</Link>}>
        <Descriptions
          column={1}
          items={[
            { key: "needed", label: t("plan.needed"), children: t(plan.data.required ? "form.yes" : "form.no") },
            { key: "approved", label: t("plan.approved"), children: t(plan.data.approved ? "form.yes" : "form.no") },
            { key: "version", label: t("plan.version"), children: <span className="mono">{plan.data.plan}</span> },
          ]}
        />
        <Typography.Text type="secondary" className="block section">
          {t("plan.what")}
        </Typography.Text>
      </Card>
      <Card className="panel" title={t("plan.history")}>
        <Approvals campaign={campaign.id} now={plan.data.plan} />
      </Card>
    </>
  );
}

function Approvals({ campaign, now }: { campaign: string; now: string }) {
  const { t, f, code } = useWords();
  const who = useActor();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const changed = (row: Asked) => row.changed.map((one) => code("plan.section", one)).join(", ");
  const columns: Column<Asked>[] = [
    { key: "state", title: t("campaign.state"), text: (row) => code("approval.state", row.state), cell: (row) => <StateTag mood={MOODS[row.state] ?? "quiet"}>{code("approval.state", row.state)}</StateTag> },
    { key: "asked", title: t("plan.asked"), text: (row) => row.requested_at, cell: (row) => <By who={who(row.requested_by)} at={f.time(row.requested_at)} /> },
    { key: "request", title: t("plan.request"), text: (row) => row.request, cell: (row) => <bdi className="plain">{row.request || "—"}</bdi> },
    { key: "decided", title: t("plan.decided"), text: (row) => row.decided_at, cell: (row) => (row.decided_at ? <By who={who(row.decided_by)} at={f.time(row.decided_at)} /> : "—") },
    { key: "answer", title: t("plan.answer"), text: (row) => row.answer, cell: (row) => <bdi className="plain">{row.answer || "—"}</bdi> },
    { key: "changed", title: t("plan.changed"), text: changed, cell: (row) => changed(row) || (row.plan === now ? t("plan.unchanged") : "—") },
    { key: "plan", title: t("plan.version"), text: (row) => row.plan, cell: (row) => <span className="mono">{row.plan}</span>, hidden: true },
  ];
  return (
    <CursorTable<Asked>
      name="approvals"
      label={t("plan.history")}
      columns={columns}
      rowKey={(row) => row.id}
      of={["campaigns", campaign, "plan", "approvals"]}
      page={(cursor, limit) => answer(api.GET("/api/v1/campaigns/{id}/approvals", { params: { path: { id: campaign }, query: { cursor, limit } } }))}
      at={search}
      onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
      empty={<Empty title={t("plan.none")} what={t("plan.noneWhat")} />}
    />
  );
}

function By({ who, at }: { who: string; at: string }) {
  return (
    <>
      <bdi>{who}</bdi>
      <Typography.Text type="secondary" className="small block">
        {at}
      </Typography.Text>
    </>
  );
}
