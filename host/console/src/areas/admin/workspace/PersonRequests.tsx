/** What people asked for: everything known of them, or to be forgotten. */
import { getRouteApi, Link } from "@tanstack/react-router";
import { useActor } from "@/api/actor";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { StateTag, type Mood } from "@/parts/StateTag";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";

type Request = Schemas["PersonRequest"];
const route = getRouteApi("/in/admin/person-requests");

export const REQUEST_MOODS: Record<Schemas["RequestState"], Mood> = { running: "busy", done: "good", expired: "quiet" };

export function PersonRequests() {
  const { t, f } = useWords();
  const who = useActor();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const columns: Column<Request>[] = [
    { key: "created", title: t("admin.when"), text: (row) => row.created_at, cell: (row) => <Link to="/admin/person-requests/$id" params={{ id: row.id }}>{f.time(row.created_at)}</Link> },
    { key: "kind", title: t("admin.kind"), text: (row) => t(`admin.requestKind.${row.kind}`), cell: (row) => t(`admin.requestKind.${row.kind}`) },
    { key: "state", title: t("admin.state"), text: (row) => t(`admin.request.${row.state}`), cell: (row) => <StateTag mood={REQUEST_MOODS[row.state]}>{t(`admin.request.${row.state}`)}</StateTag> },
    { key: "reason", title: t("person.reason"), text: (row) => row.reason, cell: (row) => row.reason || "—" },
    { key: "by", title: t("admin.who"), text: (row) => who(row.created_by), cell: (row) => <bdi>{who(row.created_by)}</bdi> },
    { key: "finished", title: t("admin.finished"), text: (row) => row.finished_at, cell: (row) => f.time(row.finished_at) },
    { key: "contact", title: t("admin.contact"), text: (row) => row.contact, cell: (row) => <span className="mono">{row.contact}</span>, hidden: true },
  ];
  const contacts = <LinkButton to="/audience/contacts">{t("admin.toContacts")}</LinkButton>;
  return (
    <AdminPage title={t("admin.personRequests")} lead={t("admin.personRequestsLead")} help={["admin.help.personRequests", "admin.help.certificate"]} actions={contacts}>
      <CursorTable<Request>
        name="person-requests"
        label={t("admin.personRequests")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["person-requests"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/person-requests", { params: { query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: at })}
        refresh={10_000}
        empty={<Empty title={t("admin.noPersonRequests")} what={t("admin.noPersonRequestsWhat")} action={contacts} />}
      />
    </AdminPage>
  );
}
