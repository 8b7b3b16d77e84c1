/** What the campaign itself did: the newest lift run's sentence, or the way to one. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Card, Flex, Typography } from "antd";
import { answer, api } from "@/api/client";
import { useMay } from "@/api/me";
import { lastOf, RunState } from "@/areas/measure/runs";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";

/** The newest so many are told. */
const RUNS_MAX = 20;

export function Lift({ campaign }: { campaign: string }) {
  const { t, f, language } = useWords();
  const may = useMay();
  const asked = useQuery({ queryKey: ["lift-runs", "of", campaign], queryFn: () => answer(api.GET("/api/v1/lift-runs", { params: { query: { campaign, limit: RUNS_MAX } } })) });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const runs = asked.data.items;
  const measure = may("measure.write") && (
    <LinkButton to="/measure/lift/new" search={{ campaign }}>
      {t("lift.new")}
    </LinkButton>
  );
  return (
    <Card className="panel" title={t("review.lift")} extra={runs.length > 0 && measure}>
      {runs.length === 0 ? (
        <Empty title={t("review.noLift")} what={t("review.noLiftWhat")} action={measure} />
      ) : (
        runs.map((run, at) => (
          <Flex key={run.id} vertical gap={8} className="panel">
            <Flex gap={12} wrap align="center">
              <RunState state={run.state} />
              <Typography.Text type="secondary">{t("attribution.fromUntil", { from: f.date(run.starts_at), until: f.date(lastOf(run.ends_at)) })}</Typography.Text>
              <Link to="/measure/lift/$id" params={{ id: run.id }}>
                {t("review.liftOpen", { at: f.time(run.created_at) })}
              </Link>
            </Flex>
            {at === 0 && run.result && <Alert type="info" showIcon title={<span className="plain sentence">{run.result.sentence[language]}</span>} />}
          </Flex>
        ))
      )}
    </Card>
  );
}
