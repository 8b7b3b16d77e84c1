/** A run word for word, where it is kept and one may look: input, host calls, answers; and taken away as a fixture. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Alert, Button, Card, Collapse, Flex, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { download } from "@/parts/csv";
import { useAction } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { wordsQuery } from "../questions";
import { listOf, objectOf, type RunWords } from "../shapes";
import { pretty } from "./pretty";

const route = getRouteApi("/in/plugins/$id/runs/$run");

export function Recording({ seen }: { seen: Schemas["PluginRunSeen"] }) {
  const { t, f, code } = useWords();
  const { words } = route.useSearch();
  const navigate = route.useNavigate();
  const { run } = useAction();
  const { recording, may_inspect: may } = seen;
  if (!recording) return <Alert type="info" showIcon className="banner" title={t("run.notRecorded")} description={t("run.notRecordedWhat")} />;
  const fixture = async () => {
    const taken = await answer(api.GET("/api/v1/runs/{id}/fixture", { params: { path: { id: seen.id } } }));
    download(`run-${seen.id}.json`, JSON.stringify(taken, null, 1), "application/json");
  };
  return (
    <Card className="panel" title={t("run.recording")}>
      <Typography.Paragraph>
        {t("run.kept", { at: f.time(recording.at), until: f.time(recording.until), size: f.bytes(recording.bytes) })} {code("run.about", recording.about)}
      </Typography.Paragraph>
      {may ? (
        <Flex gap={8} wrap className="panel">
          {!words && <Button onClick={() => void navigate({ search: (old) => ({ ...old, words: true }) })}>{t("run.look")}</Button>}
          <Button onClick={() => void run(fixture, t("run.fixtureDone"))}>{t("run.fixture")}</Button>
          <Typography.Text type="secondary">{t("run.lookAudited")}</Typography.Text>
        </Flex>
      ) : (
        <Typography.Text type="secondary">{t("run.mayNot")}</Typography.Text>
      )}
      {may && words && <Words run={seen.id} />}
    </Card>
  );
}

function Words({ run }: { run: string }) {
  const { t } = useWords();
  const asked = useQuery(wordsQuery(run));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const words = objectOf<RunWords>(asked.data.words);
  const entries = listOf<NonNullable<RunWords["entries"]>[number]>(words.entries);
  const calls = listOf<NonNullable<RunWords["calls"]>[number]>(words.calls);
  const named = (asked: unknown) => Object.keys(objectOf<Record<string, unknown>>(asked))[0] ?? "—";
  const capability = (call: unknown) => {
    const { call: name } = objectOf<{ call: unknown }>(call);
    return typeof name === "string" ? name : "—";
  };
  return (
    <Collapse
      items={[
        ...entries.map((one, at) => ({
          key: `entry-${String(at)}`,
          label: t("run.entryAt", { at: at + 1, name: named(one.asked) }),
          children: <Both asked={one.asked} answered={one.error ?? one.answered} failed={Boolean(one.error)} />,
        })),
        ...calls.map((one, at) => ({
          key: `call-${String(at)}`,
          label: t("run.callAt", { at: at + 1, name: capability(one.call) }),
          children: <Both asked={one.call} answered={one.answer} failed={false} />,
        })),
      ]}
    />
  );
}

function Both({ asked, answered, failed }: { asked: unknown; answered: unknown; failed: boolean }) {
  const { t } = useWords();
  return (
    <div className="two">
      <Side label={t("run.asked")} value={asked} />
      <Side label={failed ? t("plugin.error") : t("run.answered")} value={answered} />
    </div>
  );
}

/** A stranger's words, as text; the middle of long lists left out, so that a million paths do not stop the page. */
function Side({ label, value }: { label: string; value: unknown }) {
  return (
    <div>
      <Typography.Title level={2}>{label}</Typography.Title>
      <pre className="mono plain scroll" tabIndex={0} aria-label={label}>
        {pretty(value)}
      </pre>
    </div>
  );
}
