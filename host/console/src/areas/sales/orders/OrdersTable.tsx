/** Orders: of everybody or of one contact. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { CursorTable, type Cursor } from "@/parts/CursorTable";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import type { Between } from "../days";
import { useFile } from "../file";
import { ChannelName, ContactName } from "../names";

type Order = Schemas["Order"];

interface Filters extends Between {
  contact?: string | undefined;
  sales_channel?: string | undefined;
  number?: string | undefined;
}

interface Props {
  name: string;
  filters: Filters;
  /** The list is of one contact: no column says so again. */
  own?: boolean;
  at: Cursor;
  onMove: (at: Cursor) => void;
  empty: ReactNode;
  tools?: ReactNode;
}

export function OrdersTable({ name, filters, own = false, at, onMove, empty, tools }: Props) {
  const { t, f, code } = useWords();
  const columns: Column<Order>[] = [
    { key: "number", title: t("sales.number"), text: (row) => row.number, cell: (row) => <Link to="/sales/orders/$id" params={{ id: row.id }}><bdi>{row.number}</bdi></Link> },
    { key: "at", title: t("why.at"), text: (row) => row.at, cell: (row) => f.time(row.at) },
    { key: "contact", title: t("sales.contact"), text: (row) => row.contact, cell: (row) => <ContactName id={row.contact} /> },
    { key: "channel", title: t("sales.channel"), text: (row) => row.sales_channel, cell: (row) => <ChannelName id={row.sales_channel} /> },
    { key: "lines", title: t("order.lines"), align: "right", text: (row) => row.lines, cell: (row) => f.number(row.lines) },
    { key: "discount", title: t("order.discount"), align: "right", text: (row) => row.discount.minor, cell: (row) => f.money(row.discount.minor, row.discount.currency) },
    { key: "total", title: t("order.total"), align: "right", text: (row) => row.total.minor, cell: (row) => f.money(row.total.minor, row.total.currency) },
    { key: "state", title: t("campaign.state"), text: (row) => code("order.state", row.state), cell: (row) => <StateTag mood={row.state === "placed" ? "good" : "quiet"}>{code("order.state", row.state)}</StateTag> },
    { key: "source", title: t("contact.source"), text: (row) => row.source, cell: (row) => row.source, hidden: true },
  ];
  return (
    <CursorTable<Order>
      name={name}
      label={t("sales.part.orders")}
      columns={own ? columns.filter((one) => one.key !== "contact") : columns}
      rowKey={(row) => row.id}
      of={["orders", "list", filters]}
      page={(cursor, limit) => answer(api.GET("/api/v1/orders", { params: { query: { ...filters, cursor, limit } } }))}
      at={at}
      onMove={onMove}
      file={useFile("orders", { ...filters })}
      empty={empty}
      tools={tools}
    />
  );
}
