/** The parts of products and orders. */
import { Link } from "@tanstack/react-router";
import { Menu } from "antd";
import { useWords } from "@/words";

const PARTS = ["overview", "products", "offers", "orders", "redemptions", "refunds", "channels", "rates"] as const;

const AT = {
  overview: "/sales",
  products: "/sales/products",
  offers: "/sales/offers",
  orders: "/sales/orders",
  redemptions: "/sales/redemptions",
  refunds: "/sales/refunds",
  channels: "/sales/channels",
  rates: "/sales/rates",
} as const;

export function SalesTabs({ at }: { at: (typeof PARTS)[number] }) {
  const { t } = useWords();
  return (
    <nav aria-label={t("area.sales")} className="local-nav">
      <Menu mode="horizontal" selectedKeys={[at]} items={PARTS.map((key) => ({ key, label: <Link to={AT[key]}>{t(`sales.part.${key}`)}</Link> }))} />
    </nav>
  );
}
