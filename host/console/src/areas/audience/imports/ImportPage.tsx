/** One import: its progress, its row errors in words, and the way back. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Alert, Button, Card, Descriptions, Progress } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { useStream } from "@/api/stream";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { useAction } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { IMPORT_MOODS } from "./Imports";
import { Kept } from "./Kept";

type Import = Schemas["Import"];
type RowError = Schemas["ImportError"];

/** Where what came in can be seen. */
const SEEN = {
  contacts: "/audience/contacts",
  products: "/sales/products",
  offers: "/sales/offers",
  orders: "/sales/orders",
  redemptions: "/sales/redemptions",
  refunds: "/sales/refunds",
  rates: "/sales/rates",
  campaigns: "/campaigns",
} as const;
const seen = (kind: string) => (kind in SEEN ? SEEN[kind as keyof typeof SEEN] : undefined);
const route = getRouteApi("/in/audience/imports/$id");
const LOOK_AGAIN_MS = 2_000;

export function ImportPage() {
  const { id } = route.useParams();
  const asked = useQuery({
    queryKey: ["imports", id],
    queryFn: () => answer(api.GET("/api/v1/imports/{id}", { params: { path: { id } } })),
    // The job's stream says when it moves; this is for the undo, which has no stream.
    refetchInterval: (query) => (query.state.data?.state === "running" || query.state.data?.undo?.running ? 1_000 : false),
  });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Loaded held={asked.data} />;
}

function Loaded({ held }: { held: Import }) {
  const { t, f, code } = useWords();
  const may = useMay();
  const { ask, run } = useAction();
  const queries = useQueryClient();
  const running = held.state === "running";
  const again = () => void queries.invalidateQueries({ queryKey: ["imports", held.id] });
  useStream<Schemas["Job"]>(running && held.job ? `/api/v1/jobs/${held.job}/events` : undefined, (job) => job.state !== "running" && job.state !== "pending", again);
  const params = { params: { path: { id: held.id } } };
  const cancel = async () => {
    await api.POST("/api/v1/imports/{id}/cancel", params);
    again();
  };
  // A job that gave up leaves its import open: it can go on from the last batch.
  const job = useQuery({
    queryKey: ["jobs", held.job],
    enabled: running && may("jobs.read") && Boolean(held.job),
    queryFn: () => answer(api.GET("/api/v1/jobs/{id}", { params: { path: { id: held.job ?? "" } } })),
    refetchInterval: LOOK_AGAIN_MS,
  });
  const stuck = running && (job.data?.state === "dead" || job.data?.state === "cancelled");
  const resume = async () => {
    await api.POST("/api/v1/jobs/{id}/replay", { params: { path: { id: held.job ?? "" } } });
    await queries.invalidateQueries({ queryKey: ["jobs"] });
    again();
  };
  const undo = async () => {
    await api.POST("/api/v1/imports/{id}/undo", params);
    again();
  };
  const share = held.bytes_total > 0 ? Math.floor((100 * held.bytes_read) / held.bytes_total) : 0;
  const { report } = held;
  const list = seen(held.kind);
  return (
    <Page
      title={held.file_name || t("audience.imports")}
      lead={<StateTag mood={IMPORT_MOODS[held.state]}>{code("import.state", held.state)}</StateTag>}
      help={["import.help.what", "import.help.errors", "import.help.undo", "import.help.resume"]}
      terms={["import", "job"]}
      actions={
        <>
          {list && held.rows_good > 0 && <LinkButton to={list}>{t("import.seen")}</LinkButton>}
          {may("audience.write") && (
            <>
              {stuck && may("jobs.write") && (
                <Button type="primary" onClick={() => void run(resume, t("import.resumed"))}>
                  {t("import.resume")}
                </Button>
              )}
              {running && <Button onClick={() => ask(t("import.cancelAsk"), t("import.cancelWhat"), t("import.cancel"), cancel, true, t("jobs.letRun"))}>{t("import.cancel")}</Button>}
              {!running && !held.undo && <Button danger onClick={() => ask(t("import.undoAsk"), t("import.undoWhat"), t("import.undo"), undo)}>{t("import.undo")}</Button>}
              <LinkButton to="/audience/imports/new" search={{ kind: held.kind }}>{t("import.another")}</LinkButton>
            </>
          )}
        </>
      }
    >
      {stuck && <Alert type="warning" showIcon className="banner" title={t("import.stuck")} description={job.data?.error ?? t("import.stuckWhat")} />}
      {held.error && <Alert type="error" showIcon className="banner" title={held.error} />}
      {held.undo && (
        <Alert
          type="info"
          showIcon
          className="banner"
          title={held.undo.running ? t("import.undoing") : t("import.undone", { removed: held.undo.removed ?? 0, kept: held.undo.kept ?? 0 })}
        />
      )}
      <Card className="panel">
        <div role="status" aria-live="polite">
          {running && <Progress aria-label={t("import.read")} percent={share} status={stuck ? "exception" : "active"} />}
          <Descriptions
            column={{ xs: 1, lg: 3 }}
            items={[
              { key: "read", label: t("import.read"), children: f.number(held.rows_read) },
              { key: "good", label: t("import.good"), children: f.number(held.rows_good) },
              { key: "bad", label: t("import.bad"), children: f.number(held.rows_bad) },
              { key: "kind", label: t("import.kind"), children: code("import.of", held.kind) },
              { key: "encoding", label: t("import.encoding"), children: report.encoding ?? "—" },
              { key: "size", label: t("import.size"), children: f.bytes(held.bytes_total) },
              { key: "unknown", label: t("import.unknown"), children: (report.unknown ?? []).join(", ") || "—" },
              { key: "started", label: t("why.at"), children: f.time(held.created_at) },
              { key: "ended", label: t("campaign.settledAt"), children: f.time(held.finished_at) },
            ]}
          />
        </div>
        {(report.notes ?? []).map((note) => (
          <Alert key={note} type="info" title={note} />
        ))}
      </Card>
      {held.undo && !held.undo.running && (held.undo.kept ?? 0) > 0 && <Kept id={held.id} />}
      <Errors held={held} />
    </Page>
  );
}

function Errors({ held }: { held: Import }) {
  const { t } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const columns: Column<RowError>[] = [
    { key: "row", title: t("import.row"), text: (row) => row.row, cell: (row) => row.row, width: 90 },
    { key: "field", title: t("import.column"), text: (row) => row.field, cell: (row) => row.field || "—" },
    { key: "message", title: t("import.message"), text: (row) => row.message, cell: (row) => row.message },
    { key: "line", title: t("import.line"), text: (row) => row.line, cell: (row) => <span className="mono">{row.line}</span> },
  ];
  return (
    <Card className="panel" title={t("import.errors")}>
      <CursorTable<RowError>
        name="import-errors"
        label={t("import.errors")}
        columns={columns}
        rowKey={(row) => `${String(row.row)} ${row.field} ${row.message}`}
        of={["imports", held.id, "errors", held.rows_bad]}
        page={(cursor, limit) => answer(api.GET("/api/v1/imports/{id}/errors", { params: { path: { id: held.id }, query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: at })}
        empty={<Empty title={t(held.state === "running" ? "import.noErrorsYet" : "import.noErrors")} what={t("import.noErrorsWhat")} />}
        tools={
          held.rows_bad > 0 && (
            <a href={`/api/v1/imports/${held.id}/errors.csv`} download>
              {t("import.errorsFile")}
            </a>
          )
        }
      />
    </Card>
  );
}
