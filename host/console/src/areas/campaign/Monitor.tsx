/** A campaign as it goes: the ledger live by state and reason, then what people did. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Alert, Card, Progress, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { useStream } from "@/api/stream";
import { FigureCard } from "@/areas/measure/FigureCard";
import { Wall } from "@/parts/Fault";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { Failures } from "./Failures";
import { LedgerTable } from "./LedgerTable";
import { Missing } from "./Missing";
import { campaignQuery, ledgerQuery } from "./questions";
import { Unsure } from "./Unsure";

type Ledger = Schemas["CampaignLedger"];
const route = getRouteApi("/in/campaigns/$id");

/** What people did, as the catalogue counts it. */
const ANSWERS = ["unique-opens", "open-rate", "unique-clicks", "click-rate", "unsubscribes", "bounces", "complaints", "redemptions", "redemption-rate"];
const LOOK_AGAIN_MS = 1_000;
const TERMINAL: Schemas["SendState"][] = ["accepted", "rejected", "uncertain", "not_sent"];
const settled = (ledger: Ledger) => ledger.state !== "running" && ledger.state !== "paused";

export function Monitor({ campaign }: { campaign: Schemas["Campaign"] }) {
  const { t, f } = useWords();
  const { sort } = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const past = campaign.state === "past";
  const watches = campaign.state === "running" || campaign.state === "paused";
  // Cancelled, it has nothing more to tell by itself, and yet rows are still being settled.
  const first = useQuery({ ...ledgerQuery(campaign.id), enabled: !past, refetchInterval: ({ state }) => (!watches && state.data?.finished === false ? LOOK_AGAIN_MS : false) });
  const live = useStream<Ledger>(watches ? `/api/v1/campaigns/${campaign.id}/events` : undefined, settled, (next) => {
    queries.setQueryData(ledgerQuery(campaign.id).queryKey, next);
    // The state came from elsewhere (it finished, it was held): the page's head follows.
    if (next.state !== campaign.state) void queries.invalidateQueries({ queryKey: campaignQuery(campaign.id).queryKey });
  });
  if (past) return <Figures campaign={campaign.id} />;
  if (first.isError) return <ProblemAlert error={first.error} onRetry={() => void first.refetch()} />;
  const ledger = live ?? first.data;
  if (!ledger) return <Loading />;
  const total = ledger.rows.reduce((sum, row) => sum + row.count, 0);
  const over = ledger.rows.filter((row) => TERMINAL.includes(row.state)).reduce((sum, row) => sum + row.count, 0);
  return (
    <>
      {ledger.hold_reason && <Alert type="warning" showIcon className="banner" title={t("campaign.held")} description={ledger.hold_reason} />}
      <Unsure campaign={campaign.id} count={ledger.rows.filter((row) => row.state === "uncertain").reduce((sum, row) => sum + row.count, 0)} />
      <Card title={t("campaign.ledger")} className="panel">
        <div role="status" aria-live="polite">
          <Progress aria-label={t("campaign.ledger")} percent={total > 0 ? Math.floor((100 * over) / total) : 0} status={watches ? "active" : "normal"} />
          <Typography.Paragraph>
            {ledger.fanned_out ? t("campaign.settled", { over: f.number(over), total: f.number(total) }) : t("campaign.filling", { n: total })}{" "}
            {t("campaign.costSoFar", { cost: f.money(ledger.cost_minor, campaign.currency) })}
          </Typography.Paragraph>
        </div>
        <LedgerTable
          campaign={campaign.id}
          rows={ledger.rows}
          audience={ledger.audience}
          name={`ledger-${campaign.code}`}
          sort={sort}
          onSort={(next) => void navigate({ search: (old) => ({ ...old, sort: next }) })}
        />
      </Card>
      <Failures campaign={campaign.id} rows={ledger.rows} />
      <Missing campaign={campaign} rows={ledger.rows} />
      <Figures campaign={campaign.id} />
    </>
  );
}

function Figures({ campaign }: { campaign: string }) {
  const { t } = useWords();
  const navigate = route.useNavigate();
  return (
    <section aria-label={t("campaign.answers")}>
      <Typography.Title level={2}>{t("campaign.answers")}</Typography.Title>
      <div className="figures">
        {ANSWERS.map((metric) => (
          <Wall key={metric}>
            <FigureCard
              metric={metric}
              span={{}}
              where={{ campaign: [campaign] }}
              onOpen={() => void navigate({ to: "/", search: { period: "all", metric, where: [`campaign:${campaign}`] } })}
            />
          </Wall>
        ))}
      </div>
    </section>
  );
}
