/** The addresses of products and orders. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { PERIODS } from "@/areas/measure/period";
import { frameRoute } from "@/frame/routes";
import { cursorOf, oneOf, optional, text } from "@/parts/search";
import { isDay } from "./days";

const parent = () => frameRoute;

export const OFFER_TABS = ["terms", "products", "redemptions"] as const;
/** What the overview shows, and by what: names of the metrics catalogue. */
export const MEASURES = ["revenue", "net-revenue", "orders", "items", "customers", "average-order-value", "discount", "refunds"] as const;
export const GROUPS = ["department", "category", "brand", "sales_channel", "region"] as const;

function day(raw: Record<string, unknown>, name: string): string | undefined {
  const value = text(raw, name);
  return value && isDay(value) ? value : undefined;
}

export const salesRoutes = [
  createRoute({
    getParentRoute: parent,
    path: "/sales",
    validateSearch: optional((raw) => ({ period: oneOf(raw, "period", PERIODS), metric: oneOf(raw, "metric", MEASURES), by: oneOf(raw, "by", GROUPS) })),
    component: lazyRouteComponent(() => import("./Overview"), "Overview"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/sales/products",
    validateSearch: optional((raw) => ({
      q: text(raw, "q"),
      department: text(raw, "department"),
      category: text(raw, "category"),
      archived: raw.archived === true ? true : undefined,
      ...cursorOf(raw),
    })),
    component: lazyRouteComponent(() => import("./products/Products"), "Products"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/sales/products/new",
    component: lazyRouteComponent(() => import("./products/NewProduct"), "NewProduct"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/sales/products/$id",
    component: lazyRouteComponent(() => import("./products/ProductPage"), "ProductPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/sales/offers",
    validateSearch: optional((raw) => ({ q: text(raw, "q"), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./offers/Offers"), "Offers"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/sales/offers/new",
    component: lazyRouteComponent(() => import("./offers/NewOffer"), "NewOffer"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/sales/offers/$id",
    validateSearch: optional((raw) => ({ tab: oneOf(raw, "tab", OFFER_TABS), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./offers/OfferPage"), "OfferPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/sales/orders",
    validateSearch: optional((raw) => ({
      number: text(raw, "number"),
      channel: text(raw, "channel"),
      contact: text(raw, "contact"),
      from: day(raw, "from"),
      until: day(raw, "until"),
      ...cursorOf(raw),
    })),
    component: lazyRouteComponent(() => import("./orders/Orders"), "Orders"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/sales/orders/new",
    component: lazyRouteComponent(() => import("./orders/NewOrder"), "NewOrder"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/sales/orders/$id",
    component: lazyRouteComponent(() => import("./orders/OrderPage"), "OrderPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/sales/redemptions",
    validateSearch: optional((raw) => ({ campaign: text(raw, "campaign"), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./offers/Redemptions"), "Redemptions"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/sales/refunds",
    validateSearch: optional((raw) => cursorOf(raw)),
    component: lazyRouteComponent(() => import("./orders/Refunds"), "Refunds"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/sales/channels",
    validateSearch: optional((raw) => ({ edit: text(raw, "edit"), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./Channels"), "Channels"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/sales/rates",
    validateSearch: optional((raw) => ({ from: text(raw, "from"), to: text(raw, "to"), note: raw.note === true ? true : undefined, ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./Rates"), "Rates"),
  }),
] as const;
