/** The roles of a user: what, and in which unit with all below it. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Card } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { EditDialog, useMake } from "@/parts/edit";
import { useAction } from "@/parts/forms";
import { useWords } from "@/words";
import { useUnits } from "../units";
import { userQuery } from "./questions";
import { RoleFields } from "./RoleFields";

type User = Schemas["User"];
type Role = Schemas["RoleIn"];

export function UserRoles({ user }: { user: User }) {
  const { t, code } = useWords();
  const may = useMay();
  const { run } = useAction();
  const queries = useQueryClient();
  const { nameOf } = useUnits();
  const [adding, setAdding] = useState(false);
  const params = { params: { path: { id: user.id } } };
  const take = async (asked: Promise<User>) => {
    queries.setQueryData(userQuery(user.id).queryKey, await asked);
    await queries.invalidateQueries({ queryKey: ["users"] });
    await queries.invalidateQueries({ queryKey: ["me"] });
  };
  const give = (body: Schemas["NewRole"]) => take(answer(api.POST("/api/v1/users/{id}/roles", { ...params, body })));
  const remove = (body: Role) => take(answer(api.DELETE("/api/v1/users/{id}/roles", { ...params, body })));
  const named = (row: Role) => t("admin.roleIn", { role: code("role", row.role), unit: nameOf(row.unit) });
  const columns: Column<Role>[] = [
    { key: "role", title: t("admin.role"), text: (row) => code("role", row.role), cell: (row) => code("role", row.role) },
    { key: "unit", title: t("admin.unit"), text: (row) => nameOf(row.unit), cell: (row) => <bdi>{nameOf(row.unit)}</bdi> },
    { key: "what", title: t("admin.roleWhat"), text: (row) => code("admin.role", row.role), cell: (row) => code("admin.role", row.role) },
  ];
  if (may("users.write")) {
    columns.push({
      key: "remove",
      title: t("admin.actions"),
      action: true,
      text: () => "",
      cell: (row) => (
        <Button size="small" icon={<DeleteOutlined />} aria-label={t("admin.roleRemoveOf", { role: named(row) })} onClick={() => void run(() => remove(row), t("admin.roleRemoved"), () => give(row))}>
          {t("admin.remove")}
        </Button>
      ),
    });
  }
  return (
    <Card className="panel" title={t("admin.roles")}>
      <DataTable<Role>
        name="user-roles"
        label={t("admin.roles")}
        columns={columns}
        rows={user.roles}
        rowKey={(row) => `${row.role} ${row.unit}`}
        empty={<Empty title={t("admin.noRole")} what={t("admin.noRoleWhat")} />}
        tools={
          may("users.write") && (
            <Button size="small" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
              {t("admin.roleAdd")}
            </Button>
          )
        }
      />
      {adding && <AddRole onGive={give} onClose={() => setAdding(false)} />}
    </Card>
  );
}

function AddRole({ onGive, onClose }: { onGive: (role: Schemas["NewRole"]) => Promise<void>; onClose: () => void }) {
  const { t } = useWords();
  const making = useMake<Schemas["NewRole"]>({}, async ({ role, unit }) => {
    await onGive({ role, unit: unit ?? null });
    return onClose;
  });
  return (
    <EditDialog of={making} title={t("admin.roleAdd")} label={t("admin.roleAdd")} onClose={onClose}>
      <RoleFields />
    </EditDialog>
  );
}
