/** One job as it goes on: its steps, its progress, what it answered or failed with. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Button, Card, Descriptions, Flex, Progress, Steps } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { useStream } from "@/api/stream";
import { useAction } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { jobMood } from "./states";

type Job = Schemas["Job"];
const route = getRouteApi("/in/admin/jobs/$id");
const over = (job: Job) => job.state !== "pending" && job.state !== "running";

export function JobPage() {
  const { id } = route.useParams();
  const queries = useQueryClient();
  const key = ["jobs", id];
  const asked = useQuery({ queryKey: key, queryFn: () => answer(api.GET("/api/v1/jobs/{id}", { params: { path: { id } } })) });
  useStream<Job>(asked.data && !over(asked.data) ? `/api/v1/jobs/${id}/events` : undefined, over, (next) => queries.setQueryData(key, next));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  return asked.data ? <Loaded job={asked.data} /> : <Loading />;
}

function Loaded({ job }: { job: Job }) {
  const { t, f, code } = useWords();
  return (
    <AdminPage
      title={code("job", job.kind)}
      lead={
        <Flex gap={12} align="center" wrap>
          <StateTag mood={jobMood(job.state)}>{code("admin.jobState", job.state)}</StateTag>
          {job.cancel_requested && !over(job) && <span>{t("jobs.cancelling")}</span>}
          <Link to="/admin/jobs">{t("admin.jobs")}</Link>
        </Flex>
      }
      help={["admin.help.jobs", "admin.help.dead", "admin.help.replay"]}
      actions={<Actions job={job} />}
    >
      {job.error && <Alert type={job.state === "dead" ? "error" : "warning"} showIcon className="banner" title={job.error} description={job.state === "dead" ? t("admin.deadWhat", { n: job.failures }) : undefined} />}
      <Card className="panel">
        <JobSteps job={job} />
        <div role="status" aria-live="polite" className="section">
          {job.total > 0 && !over(job) && <Progress percent={Math.floor((100 * job.done) / job.total)} status="active" aria-label={t("admin.progress")} />}
          <span>{over(job) ? t("admin.parts", { n: job.done }) : job.total > 0 ? t("admin.partsDone", { done: job.done, total: job.total }) : t("admin.partsUnknown")}</span>
        </div>
      </Card>
      <Card className="panel" title={t("admin.details")}>
        <Descriptions
          column={{ xs: 1, lg: 2 }}
          size="small"
          items={[
            { key: "due", label: t("admin.due"), children: f.time(job.due_at) },
            { key: "attempt", label: t("admin.attempts"), children: f.number(job.attempt) },
            { key: "failures", label: t("admin.failures"), children: f.number(job.failures) },
            { key: "kind", label: t("admin.jobKind"), children: <span className="mono">{job.kind}</span> },
            { key: "key", label: t("admin.jobKey"), children: <span className="mono">{job.key ?? "—"}</span> },
            { key: "id", label: t("admin.id"), children: <span className="mono">{job.id}</span> },
          ]}
        />
      </Card>
      {job.result !== undefined && job.result !== null && (
        <Card className="panel" title={t("admin.result")}>
          <pre className="mono plain scroll" tabIndex={0}>
            {JSON.stringify(job.result, null, 1)}
          </pre>
        </Card>
      )}
    </AdminPage>
  );
}

function JobSteps({ job }: { job: Job }) {
  const { t, f, code } = useWords();
  const at = job.state === "pending" ? 0 : job.state === "running" ? 1 : 2;
  return (
    <Steps
      size="small"
      current={at}
      status={job.state === "dead" ? "error" : job.state === "done" ? "finish" : job.state === "cancelled" ? "wait" : "process"}
      items={[
        { title: code("admin.jobState", "pending"), content: f.time(job.created_at) },
        { title: code("admin.jobState", "running"), content: job.attempt > 0 ? t("admin.attempt", { n: job.attempt }) : "—" },
        { title: at === 2 ? code("admin.jobState", job.state) : t("admin.ended"), content: f.time(job.finished_at) },
      ]}
    />
  );
}

function Actions({ job }: { job: Job }) {
  const { t, code } = useWords();
  const may = useMay();
  const { ask, run } = useAction();
  const queries = useQueryClient();
  if (!may("jobs.write")) return null;
  const params = { params: { path: { id: job.id } } };
  const take = async (asked: Promise<Job>) => {
    queries.setQueryData(["jobs", job.id], await asked);
    await queries.invalidateQueries({ queryKey: ["jobs"] });
  };
  const cancel = () => take(answer(api.POST("/api/v1/jobs/{id}/cancel", params)));
  const replay = () => take(answer(api.POST("/api/v1/jobs/{id}/replay", params)));
  if (!over(job)) {
    return (
      !job.cancel_requested && (
        <Button danger onClick={() => ask(t("jobs.cancelAsk"), t("jobs.cancelWhat"), t("jobs.cancel"), cancel, true, t("jobs.letRun"))}>
          {t("jobs.cancel")}
        </Button>
      )
    );
  }
  return (
    job.state !== "done" && (
      <Button type="primary" onClick={() => void run(replay, t("admin.replayed", { kind: code("job", job.kind) }))}>
        {t("admin.replay")}
      </Button>
    )
  );
}
