/** Where things are sold: shops, web shops, marketplaces, distributors. */
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { unitsQuery } from "./questions";
import { SalesTabs } from "./SalesTabs";
import { ChannelDialog } from "./ChannelDialog";

type Channel = Schemas["SalesChannel"];
const route = getRouteApi("/in/sales/channels");

export function Channels() {
  const { t, f, code } = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const units = useQuery({ ...unitsQuery, enabled: may("units.read") });
  const unit = (id: string | null | undefined) => (id ? (units.data?.items.find((one) => one.id === id)?.name ?? id) : "");
  const edit = (id: string | undefined) => void navigate({ search: (old) => ({ ...old, edit: id }) });
  const columns: Column<Channel>[] = [
    {
      key: "name",
      title: t("channel.name"),
      text: (row) => row.name,
      cell: (row) => (may("sales.write") ? <Button type="link" className="pick" onClick={() => edit(row.id)}><bdi>{row.name}</bdi></Button> : <bdi>{row.name}</bdi>),
    },
    { key: "code", title: t("channel.code"), text: (row) => row.code, cell: (row) => <span className="mono">{row.code}</span> },
    { key: "kind", title: t("channel.kind"), text: (row) => code("channel.kind", row.kind), cell: (row) => code("channel.kind", row.kind) },
    { key: "unit", title: t("channel.unit"), text: (row) => unit(row.unit), cell: (row) => unit(row.unit) || "—" },
    { key: "created", title: t("sales.taken"), text: (row) => row.created_at, cell: (row) => f.date(row.created_at), hidden: true },
    { key: "orders", title: t("sales.part.orders"), text: () => "", cell: (row) => <Link to="/sales/orders" search={{ channel: row.id }}>{t("channel.orders")}</Link> },
  ];
  const make = may("sales.write") && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => edit("new")}>
      {t("channel.new")}
    </Button>
  );
  return (
    <Page title={t("sales.part.channels")} lead={t("channel.lead")} help={["channel.help.what", "channel.help.unit"]} actions={make}>
      <SalesTabs at="channels" />
      <CursorTable<Channel>
        name="sales-channels"
        label={t("sales.part.channels")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["sales-channels", "list"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/sales-channels", { params: { query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={<Empty title={t("channel.none")} what={t("channel.noneWhat")} action={make} />}
      />
      {search.edit && may("sales.write") && <ChannelDialog key={search.edit} id={search.edit === "new" ? undefined : search.edit} onClose={() => edit(undefined)} />}
    </Page>
  );
}
