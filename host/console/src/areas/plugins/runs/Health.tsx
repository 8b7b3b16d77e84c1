/** How an installation fares: runs, time, cost, failures by limit, breaker, queue; version beside version. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Card, Statistic } from "antd";
import type { Schemas } from "@/api/client";
import { Chart } from "@/parts/Chart";
import { Empty } from "@/parts/Empty";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { breakerOf, lastRunsQuery } from "../questions";
import { objectOf, type Queue } from "../shapes";
import { VersionsHealth } from "./VersionsHealth";

type Installation = Schemas["Installation"];

/** Runs drawn one by one. */
const DRAWN = 100;

export function Health({ installation }: { installation: Installation }) {
  const { t, f, code } = useWords();
  const { health } = installation;
  const breaker = breakerOf(health);
  const queue = objectOf<Queue>(health.queue);
  const limits = Object.entries(health.failures_by_limit);
  return (
    <>
      {breaker.state !== "closed" && (
        <Alert
          type="warning"
          showIcon
          className="banner"
          title={breaker.until_us ? t("health.breakerUntil", { at: f.time(new Date(breaker.until_us / 1_000).toISOString()) }) : code("breaker", breaker.state)}
          description={t("health.breakerWhat")}
        />
      )}
      <div className="figures">
        <Statistic title={t("plugin.runs")} value={f.number(health.runs)} />
        <Statistic title={t("plugin.failed")} value={f.number(health.failed)} />
        <Statistic title={t("plugin.p50")} value={f.took(health.p50_wall_us)} />
        <Statistic title={t("plugin.p99")} value={f.took(health.p99_wall_us)} />
        <Statistic title={t("health.cost")} value={f.took(health.cpu_us)} />
        <Statistic title={t("plugin.breaker")} value={code("breaker", breaker.state)} />
        <Statistic title={t("health.running")} value={t("health.of", { now: queue.running ?? 0, most: queue.running_max ?? 0 })} />
        <Statistic title={t("health.waiting")} value={t("health.of", { now: queue.waiting ?? 0, most: queue.waiting_max ?? 0 })} />
      </div>
      {health.denied_calls > 0 && (
        <Alert
          type="warning"
          showIcon
          className="banner"
          title={t("health.denied", { n: health.denied_calls })}
          action={
            <Link to="/plugins/$id" params={{ id: installation.id }} search={{ tab: "permissions" }}>
              {t("plugin.lookAt")}
            </Link>
          }
        />
      )}
      <Card className="panel" title={t("health.lastRuns")}>
        <LastRuns installation={installation.id} />
      </Card>
      <Card className="panel" title={t("plugin.byLimit")}>
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
      </Card>
      {(health.versions ?? []).length > 0 && (
        <Card className="panel" title={t("health.byVersion")}>
          <VersionsHealth versions={health.versions ?? []} />
        </Card>
      )}
    </>
  );
}

/** The newest runs in the order they began: how long each took, and how much of it was its own computing. */
function LastRuns({ installation }: { installation: string }) {
  const { t, f } = useWords();
  const asked = useQuery({ ...lastRunsQuery(installation, DRAWN), refetchInterval: 10_000 });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  const runs = [...(asked.data?.items ?? [])].reverse();
  if (runs.length === 0) return asked.isPending ? null : <Empty title={t("plugin.noRuns")} what={t("plugin.noRunsWhat")} />;
  const ms = (us: number) => us / 1_000;
  return (
    <Chart
      title={t("health.lastRuns")}
      name="run-times"
      kind={runs.length < 3 ? "bar" : "line"}
      by={t("why.at")}
      categories={runs.map((one) => f.time(one.started_at))}
      series={[
        { name: t("plugin.wall"), values: runs.map((one) => ms(one.wall_us)) },
        { name: t("plugin.cpu"), values: runs.map((one) => ms(one.cpu_us)) },
      ]}
      show={(value) => (value === null ? "—" : f.took(Math.round(value * 1_000)))}
      tick={(value) => f.took(Math.round(value * 1_000))}
    />
  );
}
