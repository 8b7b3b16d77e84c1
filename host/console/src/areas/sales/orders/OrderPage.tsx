/** One order: what was bought, where and by whom, what was paid back, and whether it still stands. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Card, Descriptions, Flex } from "antd";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { useAction } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { ChannelName, ContactName, ProductName } from "../names";
import { orderQuery } from "../questions";
import { OrderRefunds } from "./OrderRefunds";
import { RefundDialog } from "./RefundDialog";

type Order = Schemas["OrderWithLines"];
type Line = Schemas["OrderLine"];
const route = getRouteApi("/in/sales/orders/$id");

export function OrderPage() {
  const { id } = route.useParams();
  const asked = useQuery(orderQuery(id));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Loaded order={asked.data} />;
}

function Loaded({ order }: { order: Order }) {
  const { t, f, code } = useWords();
  const may = useMay();
  const [refunding, setRefunding] = useState<Line>();
  const placed = order.state === "placed";
  return (
    <Page
      title={t("order.title", { number: order.number })}
      lead={
        <Flex gap={12} wrap align="center">
          <StateTag mood={placed ? "good" : "quiet"}>{code("order.state", order.state)}</StateTag>
          <span>{f.time(order.at)}</span>
        </Flex>
      }
      help={["order.help.what", "order.help.state", "order.help.refund"]}
      actions={may("sales.write") && <Turn order={order} />}
    >
      <Card className="panel">
        <Descriptions
          column={{ xs: 1, lg: 3 }}
          items={[
            { key: "contact", label: t("sales.contact"), children: <ContactName id={order.contact} /> },
            { key: "channel", label: t("sales.channel"), children: <ChannelName id={order.sales_channel} /> },
            { key: "source", label: t("contact.source"), children: order.source },
            { key: "total", label: t("order.total"), children: <strong>{f.money(order.total.minor, order.total.currency)}</strong> },
            { key: "discount", label: t("order.discount"), children: f.money(order.discount.minor, order.discount.currency) },
            { key: "taken", label: t("sales.taken"), children: f.time(order.created_at) },
          ]}
        />
      </Card>
      <Card className="panel" title={t("order.lines")}>
        <Lines order={order} onRefund={may("sales.write") && placed ? setRefunding : undefined} />
      </Card>
      <Card className="panel" title={t("sales.part.refunds")}>
        <OrderRefunds order={order.id} />
      </Card>
      {refunding && <RefundDialog order={order} line={refunding} onClose={() => setRefunding(undefined)} />}
    </Page>
  );
}

function Lines({ order, onRefund }: { order: Order; onRefund: ((line: Line) => void) | undefined }) {
  const { t, f } = useWords();
  const columns: Column<Line>[] = [
    { key: "line", title: t("order.line"), text: (row) => row.line, cell: (row) => row.line, width: 70 },
    { key: "product", title: t("sales.product"), text: (row) => row.sku, cell: (row) => <ProductName id={row.product} /> },
    { key: "sku", title: t("product.sku"), text: (row) => row.sku, cell: (row) => <span className="mono">{row.sku}</span> },
    { key: "quantity", title: t("order.quantity"), align: "right", text: (row) => row.quantity, cell: (row) => f.number(row.quantity) },
    { key: "discount", title: t("order.discount"), align: "right", text: (row) => row.discount.minor, cell: (row) => f.money(row.discount.minor, row.discount.currency) },
    { key: "amount", title: t("order.amount"), align: "right", text: (row) => row.amount.minor, cell: (row) => f.money(row.amount.minor, row.amount.currency) },
  ];
  if (onRefund) {
    columns.push({
      key: "refund",
      title: t("sales.actions"),
      text: () => "",
      cell: (row) =>
        row.amount.minor > 0 && (
          <Button size="small" onClick={() => onRefund(row)}>
            {t("refund.make")}
          </Button>
        ),
    });
  }
  return <DataTable<Line> name="order-lines" label={t("order.lines")} columns={columns} rows={order.items} rowKey={(row) => String(row.line)} />;
}

/** Cancelled and placed again, against the version on the page. */
function Turn({ order }: { order: Order }) {
  const { t } = useWords();
  const { ask, run } = useAction();
  const queries = useQueryClient();
  async function turn(state: string) {
    try {
      await answer(api.PATCH("/api/v1/orders/{id}", { params: { path: { id: order.id } }, headers: ifMatch(order.version), body: { state } }));
    } finally {
      // Refused over another's change, too: the page then shows what stands now.
      await queries.invalidateQueries({ queryKey: ["orders"] });
      void queries.invalidateQueries({ queryKey: ["metrics"] });
    }
  }
  if (order.state === "placed") {
    return (
      <Button danger onClick={() => ask(t("order.cancelAsk", { number: order.number }), t("order.cancelWhat"), t("order.cancel"), () => turn("cancelled"), true, t("order.keep"))}>
        {t("order.cancel")}
      </Button>
    );
  }
  return <Button onClick={() => void run(() => turn("placed"), t("order.placedAgain"))}>{t("order.placeAgain")}</Button>;
}
