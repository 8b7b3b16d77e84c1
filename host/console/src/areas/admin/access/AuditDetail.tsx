/** One row of the log in full, with the way to what it was done to. */
import { Link } from "@tanstack/react-router";
import { Button, Descriptions, Drawer, Typography } from "antd";
import type { ReactNode } from "react";
import { useActor } from "@/api/actor";
import type { Schemas } from "@/api/client";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";
import { actionWords, detailLines } from "./audited";

type Row = Schemas["Page_AuditRecord"]["items"][number];

export function AuditDetail({ row, onSame, onClose }: { row: Row; onSame: () => void; onClose: () => void }) {
  const { t, f, code } = useWords();
  const who = useActor();
  const lines = detailLines(row.detail);
  return (
    <Drawer open onClose={onClose} size={520} title={actionWords(code, row.action)}>
      <Descriptions
        column={1}
        size="small"
        items={[
          { key: "number", label: t("admin.number"), children: f.number(row.number) },
          { key: "at", label: t("admin.when"), children: f.time(row.at) },
          { key: "who", label: t("admin.who"), children: <bdi>{who(row.actor)}</bdi> },
          { key: "actor", label: t("admin.actorId"), children: <span className="mono">{row.actor}</span> },
          { key: "action", label: t("admin.did"), children: <span className="mono">{row.action}</span> },
          { key: "object", label: t("admin.object"), children: code("audit.of", row.object) },
          { key: "id", label: t("admin.objectId"), children: <ObjectLink row={row} /> },
        ]}
      />
      <Button size="small" onClick={onSame} className="section">
        {t("admin.sameObject")}
      </Button>
      <div className="section">
        <Typography.Title level={2}>{t("admin.detail")}</Typography.Title>
      </div>
      {lines.length === 0 ? (
        <Empty title={t("admin.noDetail")} />
      ) : (
        <Descriptions
          column={1}
          size="small"
          bordered
          items={lines.map((line) => ({ key: line.name, label: line.name, children: <span className="mono plain">{line.value}</span> }))}
        />
      )}
    </Drawer>
  );
}

/** What has a page of its own is a link. */
function ObjectLink({ row }: { row: Row }): ReactNode {
  const params = { id: row.object_id };
  const shown = <span className="mono">{row.object_id}</span>;
  switch (row.object) {
    case "user":
      return <Link to="/admin/users/$id" params={params}>{shown}</Link>;
    case "job":
      return <Link to="/admin/jobs/$id" params={params}>{shown}</Link>;
    case "campaign":
      return <Link to="/campaigns/$id" params={params}>{shown}</Link>;
    case "contact":
      return <Link to="/audience/contacts/$id" params={params}>{shown}</Link>;
    case "import":
      return <Link to="/audience/imports/$id" params={params}>{shown}</Link>;
    case "segment":
      return <Link to="/audience/segments/$id" params={params}>{shown}</Link>;
    case "installation":
      return <Link to="/plugins/$id" params={params}>{shown}</Link>;
    default:
      return shown;
  }
}
