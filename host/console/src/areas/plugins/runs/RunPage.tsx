/** One run: what it cost, every entry and host call, its log; where it is recorded, word for word, and once more on a version. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Card, Descriptions } from "antd";
import type { Schemas } from "@/api/client";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { runQuery } from "../questions";
import { listOf, objectOf, type LogLine, type RunRecord } from "../shapes";
import { Record } from "./Record";
import { Recording } from "./Recording";
import { Replay } from "./Replay";

const route = getRouteApi("/in/plugins/$id/runs/$run");

export function RunPage() {
  const { t, f } = useWords();
  const { id, run } = route.useParams();
  const asked = useQuery(runQuery(run));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const seen = asked.data;
  const logs = listOf<LogLine>(seen.logs);
  return (
    <Page
      title={t("plugin.runAt", { at: f.time(seen.started_at) })}
      lead={
        <Link to="/plugins/$id" params={{ id }} search={{ tab: "runs" }}>
          {t("plugin.tab.runs")}
        </Link>
      }
      help={["plugin.help.run", "plugin.help.recording", "plugin.help.replay"]}
    >
      {seen.error && <Alert type="error" showIcon className="banner" title={<span className="plain">{seen.error}</span>} />}
      <Card className="panel">
        <Summary seen={seen} />
      </Card>
      <Recording seen={seen} />
      {seen.recording && seen.may_inspect && <Replay installation={id} run={run} />}
      <Record record={objectOf<RunRecord>(seen.record)} />
      {logs.length > 0 && (
        <Card className="panel" title={t("plugin.logs")}>
          <ol className="mono log-lines">
            {logs.map((line, at) => (
              <li key={at} className="plain">
                <strong>{line.level}</strong> {line.message} {listOf<[string, string]>(line.fields).map(([name, value]) => `${name}=${value}`).join(" ")}
              </li>
            ))}
          </ol>
        </Card>
      )}
    </Page>
  );
}

function Summary({ seen }: { seen: Schemas["PluginRunSeen"] }) {
  const { t, f, code } = useWords();
  const record = objectOf<RunRecord>(seen.record);
  return (
    <Descriptions
      column={{ xs: 1, sm: 1, md: 1, lg: 2, xl: 2, xxl: 2 }}
      size="small"
      items={[
        { key: "outcome", label: t("plugin.outcome"), children: <StateTag mood={seen.outcome === "succeeded" ? "good" : "bad"}>{code("outcome", seen.outcome)}</StateTag> },
        { key: "limit", label: t("plugin.limit"), children: seen.limit ?? "—" },
        { key: "kind", label: t("plugin.kinds"), children: code("plugin.kind", seen.kind) },
        { key: "wall", label: t("plugin.wall"), children: f.took(seen.wall_us) },
        { key: "cpu", label: t("plugin.cpu"), children: f.took(seen.cpu_us) },
        { key: "memory", label: t("plugin.memory"), children: f.bytes(seen.memory_peak_bytes) },
        { key: "calls", label: t("plugin.hostCalls"), children: f.number(seen.host_calls) },
        { key: "in", label: t("run.bytesIn"), children: f.bytes(record.bytes_in ?? 0) },
        { key: "out", label: t("run.bytesOut"), children: f.bytes(record.bytes_out ?? 0) },
        { key: "id", label: t("contact.id"), children: <span className="mono">{seen.id}</span> },
        {
          key: "package",
          label: t("plugin.package"),
          children: (
            <Link to="/plugins/packages/$digest" params={{ digest: seen.package }} className="mono">
              {seen.package}
            </Link>
          ),
        },
      ]}
    />
  );
}
