/** The columns of every list of refunds. */
import type { Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import type { Words } from "@/words";
import { OrderNumber } from "../names";

export function refundColumns({ t, f }: Words): Column<Schemas["Refund"]>[] {
  return [
    { key: "at", title: t("why.at"), text: (row) => row.at, cell: (row) => f.time(row.at) },
    { key: "order", title: t("sales.order"), text: (row) => row.sales_order, cell: (row) => <OrderNumber id={row.sales_order} /> },
    { key: "line", title: t("order.line"), align: "right", text: (row) => row.line, cell: (row) => row.line },
    { key: "quantity", title: t("order.quantity"), align: "right", text: (row) => row.quantity, cell: (row) => f.number(row.quantity) },
    { key: "amount", title: t("refund.amount"), align: "right", text: (row) => row.amount.minor, cell: (row) => f.money(row.amount.minor, row.amount.currency) },
    { key: "number", title: t("sales.number"), text: (row) => row.number, cell: (row) => <span className="mono">{row.number}</span> },
    { key: "source", title: t("contact.source"), text: (row) => row.source, cell: (row) => row.source },
  ];
}
