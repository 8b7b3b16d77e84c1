/** Everything the host works on, worked on, or gave up on. */
import { getRouteApi, Link } from "@tanstack/react-router";
import { Progress } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { FilterSelect } from "@/parts/FilterSelect";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { JOB_KINDS, JOB_STATES, jobMood } from "./states";

type Job = Schemas["Job"];
const route = getRouteApi("/in/admin/jobs");
const LOOK_AGAIN_MS = 5_000;

export function Jobs() {
  const { t, f, code } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { state, kind } = search;
  const share = (row: Job) => (row.total > 0 ? Math.floor((100 * row.done) / row.total) : null);
  const columns: Column<Job>[] = [
    { key: "kind", title: t("admin.jobKind"), text: (row) => row.kind, cell: (row) => <Link to="/admin/jobs/$id" params={{ id: row.id }}>{code("job", row.kind)}</Link> },
    { key: "state", title: t("admin.state"), text: (row) => code("admin.jobState", row.state), cell: (row) => <StateTag mood={jobMood(row.state)}>{code("admin.jobState", row.state)}</StateTag> },
    {
      key: "progress",
      title: t("admin.progress"),
      text: share,
      cell: (row) => (row.total > 0 && !row.finished_at ? <Progress percent={share(row) ?? 0} size="small" status="normal" aria-label={t("admin.progress")} style={{ width: 110, margin: 0 }} /> : row.done > 0 ? t("admin.parts", { n: row.done }) : "—"),
    },
    { key: "created", title: t("admin.queued"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at) },
    { key: "finished", title: t("admin.finished"), text: (row) => row.finished_at, cell: (row) => f.time(row.finished_at) },
    { key: "attempt", title: t("admin.attempts"), text: (row) => row.attempt, cell: (row) => f.number(row.attempt), align: "right", hidden: true },
    { key: "failures", title: t("admin.failures"), text: (row) => row.failures, cell: (row) => f.number(row.failures), align: "right" },
    { key: "error", title: t("admin.error"), text: (row) => row.error, cell: (row) => row.error ?? "—" },
    { key: "id", title: t("admin.id"), text: (row) => row.id, cell: (row) => <span className="mono">{row.id}</span>, hidden: true },
  ];
  const known = kind && !JOB_KINDS.some((one) => one === kind) ? [...JOB_KINDS, kind] : JOB_KINDS;
  const filtered = Boolean(state ?? kind);
  return (
    <AdminPage title={t("admin.jobs")} lead={t("admin.jobsLead")} help={["admin.help.jobs", "admin.help.dead", "admin.help.replay"]}>
      <CursorTable<Job>
        name="jobs"
        label={t("admin.jobs")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["jobs", "list", state, kind]}
        page={(cursor, limit) => answer(api.GET("/api/v1/jobs", { params: { query: { state, kind, cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        refresh={LOOK_AGAIN_MS}
        empty={filtered ? <Empty title={t("table.noFit")} what={state === "dead" ? t("admin.noDead") : undefined} /> : <Empty title={t("admin.noJobs")} what={t("admin.noJobsWhat")} />}
        tools={
          <>
            <FilterSelect label={t("admin.state")} words={JOB_STATES} name={(one) => code("admin.jobState", one)} value={state} width={150} onChange={(next) => void navigate({ search: (old) => ({ ...old, state: next, cursor: undefined }) })} />
            <FilterSelect label={t("admin.jobKind")} words={known} name={(one) => code("job", one)} value={kind} width={200} onChange={(next) => void navigate({ search: (old) => ({ ...old, kind: next, cursor: undefined }) })} />
          </>
        }
      />
    </AdminPage>
  );
}
