/** The tree of units: companies, departments, branches, stores. */
import { DeleteOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Flex } from "antd";
import { api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useAction } from "@/parts/forms";
import { LinkButton } from "@/parts/LinkButton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SearchBox } from "@/parts/SearchBox";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { depthOf, trail, useUnits } from "../units";
import { UnitForm } from "./UnitForm";

type Unit = Schemas["Unit"];
const route = getRouteApi("/in/admin/units");
const STEP_PX = 24;

export function Units() {
  const { t, f, code } = useWords();
  const may = useMay();
  const { ask } = useAction();
  const queries = useQueryClient();
  const { q, sort, edit, parent } = route.useSearch();
  const navigate = route.useNavigate();
  const { asked, units } = useUnits();
  const low = q?.toLowerCase();
  const rows = low ? units.filter((one) => `${one.name} ${one.code}`.toLowerCase().includes(low)) : units;
  // While it is searched or sorted the tree has no shape to show.
  const tree = !low && !sort;
  const least = Math.min(...units.map(depthOf));

  const remove = (unit: Unit) =>
    ask(t("admin.unitRemoveAsk", { name: unit.name }), t("admin.unitRemoveWhat"), t("admin.remove"), async () => {
      await api.DELETE("/api/v1/units/{id}", { params: { path: { id: unit.id } } });
      await queries.invalidateQueries({ queryKey: ["units"] });
    });

  const columns: Column<Unit>[] = [
    {
      key: "name",
      title: t("admin.name"),
      text: (row) => row.name,
      cell: (row) => (
        <span style={{ paddingInlineStart: tree ? (depthOf(row) - least) * STEP_PX : 0, display: "inline-block" }}>
          <bdi>{row.name}</bdi>
        </span>
      ),
    },
    { key: "kind", title: t("admin.kind"), text: (row) => code("unit.kind", row.kind), cell: (row) => code("unit.kind", row.kind) },
    { key: "code", title: t("admin.code"), text: (row) => row.code, cell: (row) => <span className="mono">{row.code}</span> },
    { key: "path", title: t("admin.trail"), text: (row) => trail(units, row.path), cell: (row) => <bdi>{trail(units, row.path)}</bdi>, hidden: true },
    { key: "created", title: t("admin.created"), text: (row) => row.created_at, cell: (row) => f.date(row.created_at), hidden: true },
  ];
  if (may("units.write")) {
    columns.push({
      key: "actions",
      title: t("admin.actions"),
      action: true,
      text: () => "",
      cell: (row) => (
        <Flex gap={4}>
          <LinkButton to="/admin/units" search={(old: object) => ({ ...old, edit: row.id })} size="small" icon={<EditOutlined />} aria-label={t("admin.editOf", { name: row.name })}>
            {t("admin.edit")}
          </LinkButton>
          <LinkButton to="/admin/units" search={(old: object) => ({ ...old, edit: "new", parent: row.id })} size="small" icon={<PlusOutlined />} aria-label={t("admin.unitBelow", { name: row.name })}>
            {t("admin.addBelow")}
          </LinkButton>
          {row.parent && <Button size="small" icon={<DeleteOutlined />} aria-label={t("admin.removeOf", { name: row.name })} title={t("admin.remove")} onClick={() => remove(row)} />}
        </Flex>
      ),
    });
  }
  const make = may("units.write") && (
    <LinkButton to="/admin/units" search={(old: object) => ({ ...old, edit: "new", parent: undefined })} type="primary" icon={<PlusOutlined />}>
      {t("admin.unitNew")}
    </LinkButton>
  );
  const editing = units.find((one) => one.id === edit);
  const close = () => void navigate({ search: (old) => ({ ...old, edit: undefined, parent: undefined }) });
  return (
    <AdminPage title={t("admin.units")} lead={t("admin.unitsLead")} help={["admin.help.units", "admin.help.unitScope", "admin.help.unitCode"]} actions={make}>
      {asked.isError && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      <DataTable<Unit>
        name="units"
        label={t("admin.units")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        loading={asked.isPending}
        sort={sort}
        onSort={(next) => void navigate({ search: (old) => ({ ...old, sort: next }) })}
        empty={<Empty title={t("table.noFit")} />}
        tools={<SearchBox label={t("admin.unitSearch")} value={q} onChange={(next) => void navigate({ search: (old) => ({ ...old, q: next }), replace: true })} />}
      />
      {may("units.write") && edit === "new" && <UnitForm key={`new ${parent ?? ""}`} parent={parent} onClose={close} />}
      {may("units.write") && editing && <UnitForm key={editing.id} unit={editing} onClose={close} />}
    </AdminPage>
  );
}
