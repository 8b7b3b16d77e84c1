/**
 * Every page of the console, each of its tabs and steps among them: what is
 * looked at, measured by axe and searched for canaries. `routes.test.ts` holds
 * this list against the router's own: a new page cannot be forgotten.
 */
import type { Things } from "./things";

export interface Place {
  name: string;
  /** As the router writes it. */
  route: string;
  path: (things: Things) => string;
  /** Before sign-in. */
  open?: boolean;
}

/** Addresses that lead on to another. */
export const REDIRECTS = ["/admin", "/audience", "/creative", "/measure", "/start"];

const at = (name: string, route: string, path: Place["path"] = () => route): Place => ({ name, route, path });
/** A page for each of these, under the same beginning. */
const under = (start: string, prefix: string, names: string[]): Place[] => names.map((name) => at(`${prefix}-${name}`, `${start}/${name}`));
/** The tabs of one page. */
const tabs = (prefix: string, route: string, names: string[], path: Place["path"]): Place[] => names.map((name) => at(`${prefix}-${name}`, route, (one) => `${path(one)}?tab=${name}`));

export const PLACES: Place[] = [
  { ...at("sign-in", "/sign-in"), open: true },
  { ...at("invitation", "/invitations/accept"), open: true },
  { ...at("invitation-password", "/invitations/accept", () => "/invitations/accept#a-token"), open: true },
  at("nowhere", "/$", () => "/no/such/page"),
  at("home", "/", () => "/?period=all"),
  at("home-metric", "/", () => "/?period=all&metric=revenue&by=month"),
  ...["workspace", "units", "data", "channel", "test", "campaign"].map((step) => at(`start-${step}`, "/start/$step", () => `/start/${step}`)),

  at("campaigns", "/campaigns"),
  ...under("/campaigns", "campaigns", ["new", "calendar", "mentions", "approval-rules"]),
  ...tabs("draft", "/campaigns/$id", ["brief", "budget", "plan", "comments", "preflight", "review"], (one) => `/campaigns/${one.draft}`),
  ...tabs("campaign", "/campaigns/$id", ["brief", "budget", "plan", "comments", "monitor", "people", "review"], (one) => `/campaigns/${one.campaign}`),
  at("campaign-past", "/campaigns/$id", (one) => `/campaigns/${one.past}?tab=review`),
  at("why", "/campaigns/$id/why/$contact", (one) => `/campaigns/${one.campaign}/why/${one.reader}`),

  at("contacts", "/audience/contacts"),
  ...tabs("contact", "/audience/contacts/$id", ["profile", "consent", "timeline", "sends", "purchases"], (one) => `/audience/contacts/${one.contact}`),
  at("segments", "/audience/segments"),
  at("segment-new", "/audience/segments/new"),
  at("segment", "/audience/segments/$id", (one) => `/audience/segments/${one.segment}`),
  at("snapshots", "/audience/snapshots"),
  at("snapshot", "/audience/snapshots/$id", (one) => `/audience/snapshots/${one.snapshot}`),
  at("consent", "/audience/consent"),
  at("imports", "/audience/imports"),
  at("import-new", "/audience/imports/new"),
  at("import", "/audience/imports/$id", (one) => `/audience/imports/${one.import}`),

  at("library", "/creative/library"),
  at("library-new", "/creative/library/new"),
  ...tabs("creative", "/creative/library/$id", ["results", "content"], (one) => `/creative/library/${one.creative}`),
  at("messages", "/creative/messages"),
  at("message-new", "/creative/messages/new"),
  at("message", "/creative/messages/$id", (one) => `/creative/messages/${one.message}`),
  at("brands", "/creative/brands"),
  ...["brand", "sender", "topic"].map((name) => at(`brands-${name}-new`, "/creative/brands", () => `/creative/brands?${name}=new`)),
  at("recommendations", "/creative/recommendations"),
  at("recommendation-new", "/creative/recommendations/new"),
  ...tabs("recommendation", "/creative/recommendations/$id", ["ranking", "gains"], (one) => `/creative/recommendations/${one.recommendation}`),
  at("recommendation-place", "/creative/recommendations/$id", (one) => `/creative/recommendations/${one.recommendation}?place=1`),

  at("explore", "/measure/explore"),
  at("explore-metric", "/measure/explore", () => "/measure/explore?metric=revenue&by=month&period=all"),
  at("attribution", "/measure/attribution"),
  at("attribution-new", "/measure/attribution/new"),
  at("attribution-compare", "/measure/attribution/compare", (one) => `/measure/attribution/compare?runs=${encodeURIComponent(one.compared)}`),
  at("attribution-run", "/measure/attribution/$id", (one) => `/measure/attribution/${one.attribution}`),
  at("lift", "/measure/lift"),
  at("lift-new", "/measure/lift/new"),
  at("lift-run", "/measure/lift/$id", (one) => `/measure/lift/${one.lift}`),
  at("experiments", "/measure/experiments"),
  at("experiment-new", "/measure/experiments/new"),
  at("experiment", "/measure/experiments/$id", (one) => `/measure/experiments/${one.experiment}`),
  at("reports", "/measure/reports"),
  at("report-new", "/measure/reports/new"),
  at("report", "/measure/reports/$id", (one) => `/measure/reports/${one.report}`),
  at("lessons", "/measure/lessons"),
  at("lesson", "/measure/lessons/$id", (one) => `/measure/lessons/${one.lesson}`),
  at("conversions", "/measure/conversions"),
  at("conversion-new", "/measure/conversions/new"),
  at("conversion", "/measure/conversions/$id", (one) => `/measure/conversions/${one.conversion}`),

  at("sales", "/sales", () => "/sales?period=all"),
  ...under("/sales", "sales", ["orders", "products", "offers", "channels", "rates", "redemptions", "refunds"]),
  at("product-new", "/sales/products/new"),
  at("product", "/sales/products/$id", (one) => `/sales/products/${one.product}`),
  at("offer-new", "/sales/offers/new"),
  ...tabs("offer", "/sales/offers/$id", ["terms", "products", "redemptions"], (one) => `/sales/offers/${one.offer}`),
  at("order-new", "/sales/orders/new"),
  at("order", "/sales/orders/$id", (one) => `/sales/orders/${one.order}`),

  at("plugins", "/plugins"),
  at("plugin-install", "/plugins/install"),
  at("plugin-found", "/plugins/install", (one) => `/plugins/install?package=${one.package}`),
  ...under("/plugins", "plugins", ["packages", "publishers", "receipts"]),
  ...tabs("package", "/plugins/packages/$digest", ["report", "readme", "conformance"], (one) => `/plugins/packages/${one.package}`),
  ...tabs("plugin", "/plugins/$id", ["health", "versions", "permissions", "settings", "runs", "logs"], (one) => `/plugins/${one.installation}`),
  ...tabs("plugin-version", "/plugins/$id/versions/$version", ["approval", "shadow", "history", "conformance"], (one) => `/plugins/${one.installation}/versions/${one.version}`),
  at("plugin-run", "/plugins/$id/runs/$run", (one) => `/plugins/${one.runner}/runs/${one.run}`),

  at("account", "/account"),
  ...under("/admin", "admin", ["audit", "backups", "delivery", "health", "jobs", "mail-servers", "person-requests", "retention", "tokens", "units", "users", "workspace"]),
  ...["mail-servers", "tokens", "units", "users"].map((name) => at(`admin-${name}-new`, `/admin/${name}`, () => `/admin/${name}?edit=new`)),
  at("admin-job", "/admin/jobs/$id", (one) => `/admin/jobs/${one.job}`),
  at("admin-user", "/admin/users/$id", (one) => `/admin/users/${one.user}`),
  at("admin-person-request", "/admin/person-requests/$id", (one) => `/admin/person-requests/${one.personRequest}`),
];
