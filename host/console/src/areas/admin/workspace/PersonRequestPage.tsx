/** One request of a person: the document of an export, or the signed certificate of an erasure. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Button, Card, Descriptions, Flex } from "antd";
import { useActor } from "@/api/actor";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { download } from "@/parts/csv";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { REQUEST_MOODS } from "./PersonRequests";

type Request = Schemas["PersonRequest"];
const route = getRouteApi("/in/admin/person-requests/$id");
const LOOK_AGAIN_MS = 1_000;

export function PersonRequestPage() {
  const { id } = route.useParams();
  const asked = useQuery({
    queryKey: ["person-requests", id],
    queryFn: () => answer(api.GET("/api/v1/person-requests/{id}", { params: { path: { id } } })),
    refetchInterval: (query) => (query.state.data?.state === "running" ? LOOK_AGAIN_MS : false),
  });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  return asked.data ? <Loaded held={asked.data} /> : <Loading />;
}

function Loaded({ held }: { held: Request }) {
  const { t, f } = useWords();
  const may = useMay();
  const who = useActor();
  const erased = held.kind === "erasure" && held.state === "done";
  return (
    <AdminPage
      title={t(`admin.requestKind.${held.kind}`)}
      lead={
        <Flex gap={12} align="center" wrap>
          <StateTag mood={REQUEST_MOODS[held.state]}>{t(`admin.request.${held.state}`)}</StateTag>
          <span>{f.time(held.created_at)}</span>
          <Link to="/admin/person-requests">{t("admin.personRequests")}</Link>
        </Flex>
      }
      help={["admin.help.personRequests", "admin.help.certificate"]}
    >
      <Card className="panel">
        <Descriptions
          column={1}
          size="small"
          items={[
            { key: "reason", label: t("person.reason"), children: <span className="plain">{held.reason || "—"}</span> },
            { key: "by", label: t("admin.who"), children: <bdi>{who(held.created_by)}</bdi> },
            {
              key: "contact",
              label: t("admin.contact"),
              children: erased ? <span className="mono">{held.contact}</span> : <Link to="/audience/contacts/$id" params={{ id: held.contact }} className="mono">{held.contact}</Link>,
            },
            { key: "contacts", label: t("admin.mergedContacts"), children: f.number(held.contacts.length) },
            { key: "finished", label: t("admin.finished"), children: f.time(held.finished_at) },
            { key: "job", label: t("admin.job"), children: may("jobs.read") ? <Link to="/admin/jobs/$id" params={{ id: held.job }} className="mono">{held.job}</Link> : <span className="mono">{held.job}</span> },
          ]}
        />
      </Card>
      <div role="status" aria-live="polite">
        {held.state === "running" && <Alert type="info" showIcon title={t("admin.requestRunning")} />}
        {held.state === "expired" && <Alert type="info" showIcon title={t("admin.requestExpired")} />}
        {held.state === "done" && held.kind === "export" && <Document held={held} />}
        {held.state === "done" && held.kind === "erasure" && <Certificate held={held} />}
      </div>
    </AdminPage>
  );
}

function Document({ held }: { held: Request }) {
  const { t, f } = useWords();
  const may = useMay();
  const at = `/api/v1/person-requests/${held.id}/document`;
  if (!may("audience.export")) return <Alert type="info" showIcon title={t("admin.documentRefused")} />;
  return (
    <Card className="panel" title={t("person.exported", { size: f.bytes(held.bytes) })}>
      <Flex gap={8} wrap>
        <Button href={`${at}?format=zip`} download type="primary">
          {t("person.zip")}
        </Button>
        <Button href={at} download>
          {t("person.json")}
        </Button>
      </Flex>
    </Card>
  );
}

function Certificate({ held }: { held: Request }) {
  const { t } = useWords();
  const certificate = JSON.stringify({ certificate: held.certificate, signature: held.signature }, null, 1);
  return (
    <Card className="panel" title={t("admin.certificate")} extra={<Button onClick={() => download(`erasure-${held.id}.json`, certificate, "application/json")}>{t("person.certificate")}</Button>}>
      <pre className="mono plain scroll" tabIndex={0}>
        {certificate}
      </pre>
    </Card>
  );
}
