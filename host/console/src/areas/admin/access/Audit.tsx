/** Who did what, when: the log that nobody can change unseen. */
import { getRouteApi } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useActor } from "@/api/actor";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { actionWords } from "./audited";
import { AuditCheck } from "./AuditCheck";
import { AuditDetail } from "./AuditDetail";
import { AuditFilters, filtersOf } from "./AuditFilters";

type Row = Schemas["Page_AuditRecord"]["items"][number];
const route = getRouteApi("/in/admin/audit");

export function Audit() {
  const { t, f, code } = useWords();
  const who = useActor();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [open, setOpen] = useState<Row>();
  const { id, ...rest } = filtersOf(search);
  const filters = { ...rest, object_id: id };
  const columns: Column<Row>[] = [
    { key: "number", title: t("admin.number"), text: (row) => row.number, cell: (row) => f.number(row.number), align: "right" },
    { key: "at", title: t("admin.when"), text: (row) => row.at, cell: (row) => f.time(row.at) },
    { key: "who", title: t("admin.who"), text: (row) => who(row.actor), cell: (row) => <bdi>{who(row.actor)}</bdi> },
    {
      key: "action",
      title: t("admin.did"),
      text: (row) => row.action,
      cell: (row) => (
        <Button type="link" size="small" className="pick" onClick={() => setOpen(row)}>
          {actionWords(code, row.action)}
        </Button>
      ),
    },
    { key: "object", title: t("admin.object"), text: (row) => row.object, cell: (row) => code("audit.of", row.object) },
    { key: "id", title: t("admin.objectId"), text: (row) => row.object_id, cell: (row) => <span className="mono">{row.object_id}</span>, hidden: true },
    { key: "actor", title: t("admin.actorId"), text: (row) => row.actor, cell: (row) => <span className="mono">{row.actor}</span>, hidden: true },
    { key: "detail", title: t("admin.detail"), text: (row) => JSON.stringify(row.detail ?? null), cell: (row) => <span className="mono">{JSON.stringify(row.detail ?? null)}</span>, hidden: true },
  ];
  const filtered = Object.values(filters).some((value) => value !== undefined);
  return (
    <AdminPage title={t("admin.audit")} lead={t("admin.auditLead")} help={["admin.help.audit", "admin.help.auditCheck", "admin.help.auditFilter"]}>
      <AuditCheck />
      <AuditFilters search={filtersOf(search)} onChange={(next) => void navigate({ search: (old) => ({ ...old, ...next, cursor: undefined }) })} />
      <CursorTable<Row>
        name="audit"
        label={t("admin.audit")}
        columns={columns}
        rowKey={(row) => String(row.number)}
        of={["audit", filters]}
        page={(cursor, limit) => answer(api.GET("/api/v1/audit", { params: { query: { ...filters, cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={<Empty title={filtered ? t("table.noFit") : t("admin.noAudit")} />}
      />
      {open && (
        <AuditDetail
          row={open}
          onSame={() => {
            setOpen(undefined);
            void navigate({ search: { object: open.object, id: open.object_id } });
          }}
          onClose={() => setOpen(undefined)}
        />
      )}
    </AdminPage>
  );
}
