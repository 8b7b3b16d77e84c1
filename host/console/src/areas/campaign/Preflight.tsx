/** Before anything leaves: who would be written to, who not and why, what it would cost, what stands in the way. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Alert, Button, Card, Flex, Progress, Statistic, Typography } from "antd";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { useStream } from "@/api/stream";
import { Empty } from "@/parts/Empty";
import { useAction } from "@/parts/forms";
import { useWords } from "@/words";
import { Approval } from "./Approval";
import { LedgerTable } from "./LedgerTable";
import { campaignQuery, preflightQuery } from "./questions";

type Campaign = Schemas["Campaign"];
type Result = Schemas["Preflight"];
const route = getRouteApi("/in/campaigns/$id");

/** `cost` is an amount of money; the document leaves its shape open. */
function cost(result: Result): Schemas["Money"] {
  return result.cost as unknown as Schemas["Money"];
}

export function Preflight({ campaign }: { campaign: Campaign }) {
  const { t } = useWords();
  const may = useMay();
  const queries = useQueryClient();
  const { failed } = useAction();
  const [busy, setBusy] = useState(false);
  // What was counted is of one version of the plan: a saved change asks for another count.
  const [counted, setCounted] = useState<{ version: number; result: Result }>();
  const run = useQuery(preflightQuery(campaign.id));
  const running = run.data && (run.data.state === "running" || run.data.state === "waiting") ? run.data : undefined;
  const job = useStream<Schemas["Job"]>(
    running ? `/api/v1/jobs/${running.job}/events` : undefined,
    (next) => next.state !== "running" && next.state !== "pending",
    (next) => {
      if (next.state !== "running" && next.state !== "pending") void run.refetch();
    },
  );
  const result = counted?.version === campaign.version ? counted.result : run.data?.result && !run.data.plan_changed ? run.data.result : undefined;

  async function count() {
    setBusy(true);
    try {
      const { data, response } = await api.POST("/api/v1/campaigns/{id}/preflight", { params: { path: { id: campaign.id } } });
      if (response.status === 202) await run.refetch();
      else if (data && "blockers" in data) setCounted({ version: campaign.version, result: data });
      await queries.invalidateQueries({ queryKey: ["campaigns", campaign.id, "plan"] });
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <Approval campaign={campaign} />
      <Card className="panel">
        <Flex justify="space-between" gap={16} wrap align="center">
          <Typography.Text>{t("campaign.preflightLead")}</Typography.Text>
          <Button type={result ? "default" : "primary"} onClick={() => void count()} loading={busy} disabled={Boolean(running)}>
            {result ? t("campaign.countAgain") : t("campaign.count")}
          </Button>
        </Flex>
        {running && (
          <div role="status" aria-live="polite">
            <Progress aria-label={t("campaign.counting")} percent={running.total > 0 ? Math.floor((100 * (job?.done ?? running.done)) / running.total) : 0} status="active" />
            {t("campaign.counting")}
          </div>
        )}
      </Card>
      {result ? <Counted campaign={campaign} result={result} /> : !running && <Empty title={t("campaign.notCounted")} what={t("campaign.notCountedWhat")} />}
      {result && result.blockers.length === 0 && may("campaign.launch") && <Launch campaign={campaign} result={result} />}
    </>
  );
}

function Counted({ campaign, result }: { campaign: Campaign; result: Result }) {
  const { t, f } = useWords();
  const { sort } = route.useSearch();
  const navigate = route.useNavigate();
  const spent = cost(result);
  return (
    <>
      {result.blockers.length > 0 && (
        <Alert
          type="warning"
          showIcon
          className="banner"
          title={t("campaign.blockers", { n: result.blockers.length })}
          description={
            <ul>
              {result.blockers.map((one) => (
                <li key={`${one.field} ${one.message}`}>{one.message}</li>
              ))}
            </ul>
          }
        />
      )}
      <div className="figures">
        <Card><Statistic title={t("campaign.inAudience")} value={f.number(result.audience)} /></Card>
        <Card><Statistic title={t("campaign.wouldSend")} value={f.number(sends(result))} /></Card>
        <Card><Statistic title={t("campaign.cost")} value={f.money(spent.minor, spent.currency)} /></Card>
        <Card><Statistic title={t("campaign.budget")} value={f.money(campaign.budget_minor, campaign.currency)} /></Card>
      </div>
      {result.channels.map((one) => (
        <Card key={one.channel} title={one.channel} className="panel">
          <LedgerTable planned rows={one.rows} audience={result.audience} name={`preflight-${one.channel}`} sort={sort} onSort={(next) => void navigate({ search: (old) => ({ ...old, sort: next }) })} />
          {one.after_quiet_hours > 0 && <Typography.Paragraph type="secondary">{t("campaign.quiet", { n: one.after_quiet_hours })}</Typography.Paragraph>}
        </Card>
      ))}
    </>
  );
}

/** Everyone whom the ledger would not mark as not sent. */
function sends(result: Result): number {
  return result.channels.flatMap((one) => one.rows).reduce((sum, row) => (row.state === "not_sent" ? sum : sum + row.count), 0);
}

function Launch({ campaign, result }: { campaign: Campaign; result: Result }) {
  const { t, f } = useWords();
  const { ask } = useAction();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const spent = cost(result);

  async function launch() {
    const next = await answer(
      api.POST("/api/v1/campaigns/{id}/launch", { params: { path: { id: campaign.id } }, headers: ifMatch(campaign.version) }),
    );
    queries.setQueryData(campaignQuery(campaign.id).queryKey, next);
    void queries.invalidateQueries({ queryKey: ["campaigns"] });
    await navigate({ search: { tab: "monitor" } });
  }

  const what = t("campaign.launchWhat", { sends: sends(result), cost: f.money(spent.minor, spent.currency) });
  return (
    <Button type="primary" size="large" onClick={() => ask(t("campaign.launchAsk", { name: campaign.name }), what, t("campaign.launch"), launch, false)}>
      {t("campaign.launch")}
    </Button>
  );
}
