/** What a contact bought, and the offers they used. */
import { getRouteApi } from "@tanstack/react-router";
import { Segmented } from "antd";
import type { Cursor } from "@/parts/CursorTable";
import { RedemptionsTable } from "@/areas/sales/offers/RedemptionsTable";
import { OrdersTable } from "@/areas/sales/orders/OrdersTable";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";
import { PURCHASES } from "../routes";

const route = getRouteApi("/in/audience/contacts/$id");
type List = (typeof PURCHASES)[number];

export function ContactPurchases({ contact }: { contact: string }) {
  const { t } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const list = search.list ?? "orders";
  const move = (at: Cursor) => void navigate({ search: (old) => ({ ...old, ...at }) });
  const choice = (
    <Segmented<List>
      aria-label={t("contact.tab.purchases")}
      value={list}
      options={PURCHASES.map((value) => ({ value, label: t(`sales.part.${value}`) }))}
      onChange={(next) => void navigate({ search: (old) => ({ ...old, list: next, cursor: undefined }) })}
    />
  );
  if (list === "redemptions") return <RedemptionsTable contact={contact} at={search} onMove={move} tools={choice} />;
  return <OrdersTable own name="contact-orders" filters={{ contact }} at={search} onMove={move} tools={choice} empty={<Empty title={t("order.noneHere")} what={t("order.noneHereWhat")} />} />;
}
