/** Every message: content for one channel, in one or more languages. */
import { PlusOutlined } from "@ant-design/icons";
import { getRouteApi, Link } from "@tanstack/react-router";
import { answer, api } from "@/api/client";
import { useActor } from "@/api/actor";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { SearchBox } from "@/parts/SearchBox";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { CreativeTabs } from "../CreativeTabs";
import type { Message } from "./contents";

const route = getRouteApi("/in/creative/messages");

export function Messages() {
  const { t, f, code } = useWords();
  const may = useMay();
  const who = useActor();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { q } = search;
  const state = (row: Message) => t(row.archived ? "message.putAway" : "message.inUse");
  const columns: Column<Message>[] = [
    { key: "name", title: t("message.name"), text: (row) => row.name, cell: (row) => <Link to="/creative/messages/$id" params={{ id: row.id }}><bdi>{row.name}</bdi></Link> },
    { key: "channel", title: t("message.channel"), text: (row) => code("message.channel", row.channel), cell: (row) => code("message.channel", row.channel) },
    { key: "state", title: t("message.state"), text: state, cell: (row) => <StateTag mood={row.archived ? "quiet" : "good"}>{state(row)}</StateTag> },
    { key: "creative", title: t("message.madeFrom"), text: (row) => row.creative, cell: (row) => (row.creative ? <Link to="/creative/library/$id" params={{ id: row.creative }}>{t("message.itsCreative")}</Link> : "—"), hidden: true },
    { key: "by", title: t("message.by"), text: (row) => who(row.created_by), cell: (row) => who(row.created_by) },
    { key: "updated", title: t("creative.updated"), text: (row) => row.updated_at, cell: (row) => f.time(row.updated_at) },
    { key: "version", title: t("message.version"), text: (row) => row.version, cell: (row) => f.number(row.version), align: "right", hidden: true },
  ];
  const make = may("creative.write") && (
    <LinkButton to="/creative/messages/new" type="primary" icon={<PlusOutlined />}>
      {t("message.new")}
    </LinkButton>
  );
  return (
    <Page title={t("message.all")} lead={t("message.lead")} help={["message.help.what", "message.help.launched"]} actions={make}>
      <CreativeTabs at="messages" />
      <CursorTable<Message>
        name="messages"
        label={t("message.all")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["messages", "list", q]}
        page={(cursor, limit) => answer(api.GET("/api/v1/messages", { params: { query: { search: q, cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={q ? <Empty title={t("table.noFit")} /> : <Empty title={t("message.none")} what={t("message.noneWhat")} action={make} />}
        tools={<SearchBox label={t("message.search")} value={q} onChange={(next) => void navigate({ search: (old) => ({ ...old, q: next, cursor: undefined }), replace: true })} />}
      />
    </Page>
  );
}
