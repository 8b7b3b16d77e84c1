/** One run: what it cost, what it logged, and its record of digests. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Card, Descriptions } from "antd";
import { answer, api } from "@/api/client";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";

const route = getRouteApi("/in/plugins/$id/runs/$run");

export function RunPage() {
  const { t, f, code } = useWords();
  const { id, run } = route.useParams();
  const asked = useQuery({
    queryKey: ["installations", id, "runs", run],
    queryFn: () => answer(api.GET("/api/v1/installations/{id}/runs/{run}", { params: { path: { id, run } } })),
  });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const held = asked.data;
  return (
    <Page
      title={t("plugin.runAt", { at: f.time(held.started_at) })}
      lead={
        <Link to="/plugins/$id" params={{ id }} search={{ tab: "runs" }}>
          {t("plugin.tab.runs")}
        </Link>
      }
      help={["plugin.help.run"]}
    >
      {held.error && <Alert type="error" showIcon className="banner" title={held.error} />}
      <Card className="panel">
        <Descriptions
          column={{ xs: 1, lg: 2 }}
          items={[
            { key: "outcome", label: t("plugin.outcome"), children: <StateTag mood={held.outcome === "succeeded" ? "good" : "bad"}>{code("outcome", held.outcome)}</StateTag> },
            { key: "limit", label: t("plugin.limit"), children: held.limit ?? "—" },
            { key: "wall", label: t("plugin.wall"), children: f.took(held.wall_us) },
            { key: "cpu", label: t("plugin.cpu"), children: f.took(held.cpu_us) },
            { key: "memory", label: t("plugin.memory"), children: f.bytes(held.memory_peak_bytes) },
            { key: "calls", label: t("plugin.hostCalls"), children: f.number(held.host_calls) },
            { key: "id", label: t("contact.id"), children: <span className="mono">{held.id}</span> },
            { key: "digest", label: t("plugin.digest"), children: <span className="mono">{held.package}</span> },
          ]}
        />
      </Card>
      {held.logs !== undefined && held.logs !== null && (
        <Card className="panel" title={t("plugin.logs")}>
          <pre className="mono plain">{JSON.stringify(held.logs, null, 1)}</pre>
        </Card>
      )}
      <Card className="panel" title={t("plugin.record")}>
        <pre className="mono plain scroll">{JSON.stringify(held.record ?? null, null, 1)}</pre>
      </Card>
    </Page>
  );
}
