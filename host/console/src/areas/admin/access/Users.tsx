/** Who may sign in, and as what. */
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { FilterSelect } from "@/parts/FilterSelect";
import { LinkButton } from "@/parts/LinkButton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { SearchBox } from "@/parts/SearchBox";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { useUnits } from "../units";
import { Invite } from "./Invite";
import { userMood, usersQuery } from "./questions";
import { ROLES, USER_STATES } from "./roles";

type User = Schemas["User"];
const route = getRouteApi("/in/admin/users");

export function Users() {
  const { t, f, code } = useWords();
  const may = useMay();
  const { q, state, role, sort, edit } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useQuery(usersQuery);
  const { nameOf } = useUnits();
  const roles = (row: User) => row.roles.map((one) => t("admin.roleIn", { role: code("role", one.role), unit: nameOf(one.unit) })).join(", ");
  const low = q?.toLowerCase();
  const rows = (asked.data ?? []).filter(
    (one) => (!low || `${one.name} ${one.email}`.toLowerCase().includes(low)) && (!state || one.state === state) && (!role || one.roles.some((held) => held.role === role)),
  );
  const columns: Column<User>[] = [
    { key: "name", title: t("admin.personName"), text: (row) => row.name, cell: (row) => <Link to="/admin/users/$id" params={{ id: row.id }}><bdi>{row.name}</bdi></Link> },
    { key: "email", title: t("admin.email"), text: (row) => row.email, cell: (row) => row.email },
    { key: "state", title: t("admin.state"), text: (row) => code("user.state", row.state), cell: (row) => <StateTag mood={userMood(row.state)}>{code("user.state", row.state)}</StateTag> },
    { key: "roles", title: t("admin.roles"), text: roles, cell: (row) => (row.roles.length > 0 ? roles(row) : t("admin.noRole")) },
    { key: "language", title: t("admin.language"), text: (row) => code("language", row.locale), cell: (row) => code("language", row.locale), hidden: true },
    { key: "created", title: t("admin.created"), text: (row) => row.created_at, cell: (row) => f.date(row.created_at) },
  ];
  const invite = may("users.write") && (
    <LinkButton to="/admin/users" search={(old: object) => ({ ...old, edit: "new" })} type="primary" icon={<PlusOutlined />}>
      {t("admin.invite")}
    </LinkButton>
  );
  const filtered = Boolean(q ?? state ?? role);
  return (
    <AdminPage title={t("admin.users")} lead={t("admin.usersLead")} help={["admin.help.users", "admin.help.roles", "admin.help.invite"]} actions={invite}>
      {asked.isError && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      <DataTable<User>
        name="users"
        label={t("admin.users")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        loading={asked.isPending}
        sort={sort}
        onSort={(next) => void navigate({ search: (old) => ({ ...old, sort: next }) })}
        empty={filtered ? <Empty title={t("table.noFit")} /> : <Empty title={t("admin.noUsers")} what={t("admin.noUsersWhat")} action={invite} />}
        tools={
          <>
            <SearchBox label={t("admin.userSearch")} value={q} onChange={(next) => void navigate({ search: (old) => ({ ...old, q: next }), replace: true })} />
            <FilterSelect label={t("admin.state")} words={USER_STATES} name={(one) => code("user.state", one)} value={state} width={130} onChange={(next) => void navigate({ search: (old) => ({ ...old, state: next }) })} />
            <FilterSelect label={t("admin.role")} words={ROLES} name={(one) => t(`role.${one}`)} value={role} width={130} onChange={(next) => void navigate({ search: (old) => ({ ...old, role: next }) })} />
          </>
        }
      />
      {edit === "new" && may("users.write") && <Invite onClose={() => void navigate({ search: (old) => ({ ...old, edit: undefined }) })} />}
    </AdminPage>
  );
}
