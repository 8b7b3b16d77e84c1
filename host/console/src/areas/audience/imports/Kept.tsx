/** What taking an import back left alone, and why. */
import { Card } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { CursorTable, type Cursor } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";

type Row = Schemas["ImportKept"];

export function Kept({ id }: { id: string }) {
  const { t } = useWords();
  // The page's address holds the place in the list of refused rows.
  const [at, setAt] = useState<Cursor>({});
  const columns: Column<Row>[] = [
    { key: "what", title: t("import.kind"), text: (row) => row.object, cell: (row) => row.object },
    { key: "key", title: t("contact.id"), text: (row) => row.id, cell: (row) => <span className="mono">{row.id}</span> },
    { key: "reason", title: t("person.reason"), text: (row) => row.reason, cell: (row) => row.reason },
  ];
  return (
    <Card className="panel" title={t("import.kept")}>
      <CursorTable<Row>
        name="import-kept"
        label={t("import.kept")}
        columns={columns}
        rowKey={(row) => `${row.object} ${row.id}`}
        of={["imports", id, "kept"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/imports/{id}/kept", { params: { path: { id }, query: { cursor, limit } } }))}
        at={at}
        onMove={setAt}
        empty={<Empty title={t("table.noFit")} />}
      />
    </Card>
  );
}
