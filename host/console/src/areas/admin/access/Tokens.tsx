/** Tokens for programs and write keys for sites: made once, shown once, revoked at once. */
import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button } from "antd";
import { useActor } from "@/api/actor";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { useAction } from "@/parts/forms";
import { LinkButton } from "@/parts/LinkButton";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { useUnits } from "../units";
import { NewToken } from "./NewToken";
import { TOKEN_MOODS, tokenState } from "./questions";

type Token = Schemas["Token"];
const route = getRouteApi("/in/admin/tokens");

export function Tokens() {
  const { t, f, code } = useWords();
  const may = useMay();
  const who = useActor();
  const { ask } = useAction();
  const queries = useQueryClient();
  const { nameOf } = useUnits();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const revoke = (token: Token) =>
    ask(t("admin.revokeAsk", { name: token.name }), t("admin.revokeWhat"), t("admin.revoke"), async () => {
      await api.DELETE("/api/v1/tokens/{id}", { params: { path: { id: token.id } } });
      await queries.invalidateQueries({ queryKey: ["tokens"] });
    });
  const columns: Column<Token>[] = [
    { key: "name", title: t("admin.name"), text: (row) => row.name, cell: (row) => <bdi>{row.name}</bdi> },
    { key: "kind", title: t("admin.kind"), text: (row) => code("token.kind", row.kind), cell: (row) => code("token.kind", row.kind) },
    { key: "state", title: t("admin.state"), text: (row) => t(`token.state.${tokenState(row)}`), cell: (row) => <StateTag mood={TOKEN_MOODS[tokenState(row)]}>{t(`token.state.${tokenState(row)}`)}</StateTag> },
    { key: "role", title: t("admin.role"), text: (row) => code("role", row.role), cell: (row) => code("role", row.role) },
    { key: "unit", title: t("admin.unit"), text: (row) => nameOf(row.unit), cell: (row) => <bdi>{nameOf(row.unit)}</bdi>, hidden: true },
    { key: "hint", title: t("admin.hint"), text: (row) => row.hint, cell: (row) => <span className="mono">{row.hint}</span> },
    { key: "used", title: t("admin.lastUsed"), text: (row) => row.last_used_at, cell: (row) => (row.last_used_at ? f.time(row.last_used_at) : t("admin.never")) },
    { key: "expires", title: t("admin.expires"), text: (row) => row.expires_at, cell: (row) => (row.expires_at ? f.time(row.expires_at) : t("admin.neverExpires")) },
    { key: "created", title: t("admin.created"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at), hidden: true },
    { key: "by", title: t("admin.createdBy"), text: (row) => who(row.created_by), cell: (row) => who(row.created_by), hidden: true },
    { key: "revoked", title: t("admin.revokedAt"), text: (row) => row.revoked_at, cell: (row) => f.time(row.revoked_at), hidden: true },
  ];
  if (may("tokens.write")) {
    columns.push({
      key: "actions",
      title: t("admin.actions"),
      action: true,
      text: () => "",
      cell: (row) =>
        !row.revoked_at && (
          <Button size="small" danger aria-label={t("admin.revokeOf", { name: row.name })} onClick={() => revoke(row)}>
            {t("admin.revoke")}
          </Button>
        ),
    });
  }
  const make = may("tokens.write") && (
    <LinkButton to="/admin/tokens" search={(old: object) => ({ ...old, edit: "new" })} type="primary" icon={<PlusOutlined />}>
      {t("admin.tokenNew")}
    </LinkButton>
  );
  return (
    <AdminPage title={t("admin.tokens")} lead={t("admin.tokensLead")} help={["admin.help.tokens", "admin.help.writeKeys", "admin.help.revoke"]} actions={make}>
      <CursorTable<Token>
        name="tokens"
        label={t("admin.tokens")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["tokens"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/tokens", { params: { query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={<Empty title={t("admin.noTokens")} what={t("admin.noTokensWhat")} action={make} />}
      />
      {search.edit === "new" && may("tokens.write") && <NewToken onClose={() => void navigate({ search: (old) => ({ ...old, edit: undefined }) })} />}
    </AdminPage>
  );
}
