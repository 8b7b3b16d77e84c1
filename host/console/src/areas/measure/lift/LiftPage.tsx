/** One lift run: the plain sentence first, then the ratio as it stands, the same before, and the change with its interval. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Card, Flex, Progress, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { MeasureTabs } from "../MeasureTabs";
import { liftRunQuery, underWay } from "../questions";
import { lastOf, RunState, useNames } from "../runs";
import { IntervalBar } from "./IntervalBar";
import { Balance, Groups } from "./LiftTables";
import { intervalsOf, type Named } from "./result";

type Result = Schemas["LiftResult"];
const route = getRouteApi("/in/measure/lift/$id");

export function LiftPage() {
  const { id } = route.useParams();
  const { t, f } = useWords();
  const names = useNames();
  const asked = useQuery(liftRunQuery(id));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const run = asked.data;
  return (
    <Page
      title={run.campaign ? names.campaign(run.campaign) : names.experiment(run.experiment)}
      lead={
        <Flex gap={12} wrap align="center">
          <RunState state={run.state} />
          <span>{t("attribution.fromUntil", { from: f.date(run.starts_at), until: f.date(lastOf(run.ends_at)) })}</span>
          <span>{run.conversion ? names.conversion(run.conversion) : t("lift.allOrders")}</span>
          {run.campaign && (
            <Link to="/campaigns/$id" params={{ id: run.campaign }}>
              {t("lift.campaignOpen")}
            </Link>
          )}
          {run.experiment && (
            <Link to="/measure/experiments/$id" params={{ id: run.experiment }}>
              {t("lift.experimentOpen")}
            </Link>
          )}
        </Flex>
      }
      help={["lift.help.what", "lift.help.naive", "lift.help.interval", "lift.help.matched"]}
    >
      <MeasureTabs at="lift" />
      {underWay(run.state) && (
        <div role="status">
          <Alert className="banner" type="info" showIcon title={t("lift.working")} />
          <Progress percent={100} status="active" showInfo={false} aria-label={t("lift.working")} />
        </div>
      )}
      {run.error && <Alert className="banner" type="error" showIcon title={t("run.failed")} description={<span className="plain">{run.error}</span>} />}
      {run.result && <Shown result={run.result} />}
    </Page>
  );
}

function Shown({ result }: { result: Result }) {
  const { t, f, code, language } = useWords();
  const times = (ratio: number | null | undefined) => (ratio === null || ratio === undefined ? "—" : t("lift.times", { ratio: f.number(ratio) }));
  return (
    <>
      <Alert className="banner" type="info" showIcon title={t("lift.sentence")} description={<Typography.Text className="plain sentence">{result.sentence[language]}</Typography.Text>} />
      {!result.complete && <Alert className="banner" type="warning" showIcon title={t("lift.incomplete")} />}
      <div className="figures">
        <Figure title={t("lift.ratio")} value={times(result.naive.ratio)} what={t("lift.ratioWhat")} />
        <Figure title={t("lift.ratioBefore")} value={times(result.naive.ratio_before)} what={t("lift.ratioBeforeWhat")} />
        <Figure title={t("lift.design")} value={code("lift.design", result.design)} what={code("lift.designWhat", result.design)} />
      </div>
      <Card className="panel" title={t(result.design === "randomised" ? "lift.againstHeldOut" : "lift.againstMatched")}>
        <Typography.Paragraph type="secondary">{t("lift.intervalWhat", { level: f.percent(result.level) })}</Typography.Paragraph>
        {intervalsOf(result).map((one) => (
          <Estimate key={one.key} of={one} currency={result.currency} />
        ))}
        {result.matched && (
          <Typography.Paragraph type="secondary">
            {t("lift.matchedOf", { matched: result.matched.treated_matched, treated: result.matched.treated, others: result.matched.others_matched, strata: result.matched.strata })}
          </Typography.Paragraph>
        )}
      </Card>
      <Groups result={result} />
      {result.matched && result.matched.balance.length > 0 && <Balance balance={result.matched.balance} />}
      <Card className="panel" title={t("lift.methods")}>
        <ul>
          {result.methods.map((one) => (
            <li key={one.of}>
              <strong>{one.of}</strong>: {one.source}
            </li>
          ))}
        </ul>
      </Card>
    </>
  );
}

function Figure({ title, value, what }: { title: string; value: string; what: string }) {
  return (
    <Card size="small">
      <Typography.Text type="secondary">{title}</Typography.Text>
      <div className="figure-value">{value}</div>
      <Typography.Text type="secondary" className="small">
        {what}
      </Typography.Text>
    </Card>
  );
}

function Estimate({ of: { key, interval }, currency }: { of: Named; currency: string }) {
  const { t, f, code } = useWords();
  const plus = (value: number, shown: string) => (value > 0 ? `+${shown}` : shown);
  const show = (value: number) =>
    plus(value, key === "value" ? f.money(Math.round(value), currency) : key === "rate" ? t("lift.points", { points: f.number(Math.round(value * 1_000) / 10) }) : f.percent(value));
  const text = t("lift.interval", { estimate: show(interval.estimate), low: show(interval.low), high: show(interval.high) });
  const tellable = interval.low > 0 || interval.high < 0;
  return (
    <div className="estimate">
      <div>
        <Typography.Text type="secondary">{code("lift.estimate", key)}</Typography.Text>
        <div className="figure-value">{text}</div>
        <Typography.Text type="secondary" className="small">
          {t(tellable ? "lift.tellable" : "lift.notTellable")}
        </Typography.Text>
      </div>
      <IntervalBar interval={interval} label={`${code("lift.estimate", key)}: ${text}`} />
    </div>
  );
}
