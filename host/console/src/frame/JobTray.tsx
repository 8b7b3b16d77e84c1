/** What the host is working on: progress as it happens, cancel, and what has lately ended. */
import { ThunderboltOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Badge, Button, Drawer, Flex, List, Progress, Typography } from "antd";
import { useRef, useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { useStream } from "@/api/stream";
import { Empty } from "@/parts/Empty";
import { useAction } from "@/parts/forms";
import { useShortcut } from "@/parts/keys";
import { StateTag, type Mood } from "@/parts/StateTag";
import { useWords } from "@/words";

type Job = Schemas["Job"];

const LOOK_AGAIN_MS = 5_000;
const RECENT_MAX = 20;
const LEADS: Record<string, "/audience/imports/$id" | "/audience/snapshots/$id"> = { "audience.import": "/audience/imports/$id", "audience.snapshot": "/audience/snapshots/$id" };
const MOODS: Record<string, Mood> = { pending: "waiting", running: "busy", done: "good", dead: "bad", cancelled: "quiet" };

export const jobsKey = ["jobs", "recent"] as const;

/** A job that waits for its time (a retry, a schedule) is not work that is going on. */
const works = (job: Job) => job.state === "running" || (job.state === "pending" && new Date(job.due_at).getTime() <= Date.now() + 1_000);
const over = (job: Job) => job.state !== "running" && job.state !== "pending";

export function JobTray() {
  const { t, code } = useWords();
  const may = useMay();
  const [open, setOpen] = useState(false);
  const [ended, setEnded] = useState("");
  const queries = useQueryClient();
  const jobs = useQuery({
    queryKey: jobsKey,
    enabled: may("jobs.read"),
    queryFn: () => answer(api.GET("/api/v1/jobs", { params: { query: { limit: RECENT_MAX } } })),
    refetchInterval: LOOK_AGAIN_MS,
    refetchIntervalInBackground: false,
  });
  useShortcut("j", () => setOpen(may("jobs.read")));
  if (!may("jobs.read")) return null;
  const items = jobs.data?.items ?? [];
  const running = items.filter(works);
  const done = items.filter((job) => !works(job));

  function onEnd(job: Job) {
    setEnded(t("jobs.ended", { kind: code("job", job.kind), state: code("job.state", job.state) }));
    // What a job made or changed is on some page: let every list look again.
    void queries.invalidateQueries();
  }

  return (
    <>
      <Badge count={running.length} size="small" offset={[-6, 6]}>
        <Button
          type="text"
          icon={<ThunderboltOutlined />}
          aria-label={running.length > 0 ? t("jobs.running", { n: running.length }) : t("jobs.title")}
          title={t("jobs.title")}
          onClick={() => setOpen(true)}
        />
      </Badge>
      <span className="unseen" role="status" aria-live="polite">
        {ended}
      </span>
      {/* Streams run while the drawer is shut, too: their end is told and refreshes the page. */}
      {running.map((job) => (
        <Watch key={job.id} job={job} onEnd={onEnd} />
      ))}
      <Drawer open={open} onClose={() => setOpen(false)} title={t("jobs.title")} size={420}>
        {running.length === 0 ? <Empty title={t("jobs.none")} /> : running.map((job) => <Running key={job.id} job={job} />)}
        <Typography.Title level={2} className="section">
          {t("jobs.recent")}
        </Typography.Title>
        <List
          size="small"
          dataSource={done}
          renderItem={(job) => (
            <List.Item>
              <Ended job={job} />
            </List.Item>
          )}
        />
      </Drawer>
    </>
  );
}

function Watch({ job, onEnd }: { job: Job; onEnd: (job: Job) => void }) {
  const queries = useQueryClient();
  const told = useRef(false);
  useStream<Job>(`/api/v1/jobs/${job.id}/events`, over, (next) => {
    queries.setQueryData<Schemas["Page_Job"]>(jobsKey, (old) =>
      old ? { ...old, items: old.items.map((one) => (one.id === next.id ? next : one)) } : old,
    );
    if (over(next) && !told.current) {
      told.current = true;
      onEnd(next);
    }
  });
  return null;
}

function Running({ job }: { job: Job }) {
  const { t, code } = useWords();
  const may = useMay();
  const { ask } = useAction();
  const queries = useQueryClient();
  const percent = job.total > 0 ? Math.floor((100 * job.done) / job.total) : 0;

  function cancel() {
    const stop = async () => {
      await api.POST("/api/v1/jobs/{id}/cancel", { params: { path: { id: job.id } } });
      await queries.invalidateQueries({ queryKey: jobsKey });
    };
    ask(t("jobs.cancelAsk"), t("jobs.cancelWhat"), t("jobs.cancel"), stop, true, t("jobs.letRun"));
  }

  return (
    <div className="job">
      <Flex justify="space-between" align="center">
        <Typography.Text strong>
          {code("job", job.kind)} <Leads job={job} />
        </Typography.Text>
        {job.cancel_requested ? (
          <Typography.Text type="secondary">{t("jobs.cancelling")}</Typography.Text>
        ) : (
          may("jobs.write") && (
            <Button size="small" onClick={cancel}>
              {t("jobs.cancel")}
            </Button>
          )
        )}
      </Flex>
      {job.total > 0 && <Progress percent={percent} status="active" aria-label={code("job", job.kind)} />}
      <Typography.Text type="secondary" className="small">
        {job.total > 0 ? t("jobs.progress", { done: job.done, total: job.total }) : t("jobs.working")}
      </Typography.Text>
    </div>
  );
}

/** To the page of what the job works on, where its key names it. */
function Leads({ job }: { job: Job }) {
  const { t } = useWords();
  const at = job.key && LEADS[job.kind];
  if (!at) return null;
  return (
    <Link to={at} params={{ id: job.key ?? "" }}>
      {t("jobs.open")}
    </Link>
  );
}

function Ended({ job }: { job: Job }) {
  const { f, code } = useWords();
  return (
    <Flex vertical gap={2} className="wide">
      <Flex justify="space-between">
        <span>
          {code("job", job.kind)} <Leads job={job} />
        </span>
        <StateTag mood={MOODS[job.state] ?? "quiet"}>{code("job.state", job.state)}</StateTag>
      </Flex>
      {job.error && <Typography.Text type="danger">{job.error}</Typography.Text>}
      <Typography.Text type="secondary" className="small">
        {f.time(job.finished_at ?? job.due_at)}
      </Typography.Text>
    </Flex>
  );
}
