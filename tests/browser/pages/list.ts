/**
 * Every page of the console, each of its tabs and steps among them: what is
 * looked at, measured by axe and searched for canaries. `routes.test.ts` holds
 * this list against the router's own: a new page cannot be forgotten.
 */
import type { Api } from "../harness/api";

/** What the addresses lead to. */
export interface Things {
  campaign: string;
  draft: string;
  contact: string;
  /** Somebody whom the campaign wrote to. */
  reader: string;
  segment: string;
  import: string;
  installation: string;
  version: string;
  /** A run, and whose it was. */
  run: string;
  runner: string;
  package: string;
}

export interface Place {
  name: string;
  /** As the router writes it. */
  route: string;
  path: (things: Things) => string;
  /** Before sign-in. */
  open?: boolean;
}

/** Addresses that lead on to another. */
export const REDIRECTS = ["/audience"];

const at = (name: string, route: string, path: Place["path"] = () => route): Place => ({ name, route, path });

export const PLACES: Place[] = [
  { ...at("sign-in", "/sign-in"), open: true },
  at("home", "/", () => "/?period=all"),
  at("home-metric", "/", () => "/?period=all&metric=revenue&by=month"),
  at("campaigns", "/campaigns"),
  at("campaign-new", "/campaigns/new"),
  at("campaign-brief", "/campaigns/$id", (one) => `/campaigns/${one.draft}?tab=brief`),
  at("campaign-preflight", "/campaigns/$id", (one) => `/campaigns/${one.draft}?tab=preflight`),
  at("campaign-brief-shown", "/campaigns/$id", (one) => `/campaigns/${one.campaign}?tab=brief`),
  at("campaign-monitor", "/campaigns/$id", (one) => `/campaigns/${one.campaign}?tab=monitor`),
  at("campaign-people", "/campaigns/$id", (one) => `/campaigns/${one.campaign}?tab=people`),
  at("why", "/campaigns/$id/why/$contact", (one) => `/campaigns/${one.campaign}/why/${one.reader}`),
  at("contacts", "/audience/contacts"),
  at("contact-profile", "/audience/contacts/$id", (one) => `/audience/contacts/${one.contact}`),
  at("contact-timeline", "/audience/contacts/$id", (one) => `/audience/contacts/${one.contact}?tab=timeline`),
  at("contact-sends", "/audience/contacts/$id", (one) => `/audience/contacts/${one.contact}?tab=sends`),
  at("segments", "/audience/segments"),
  at("segment-new", "/audience/segments/new"),
  at("segment", "/audience/segments/$id", (one) => `/audience/segments/${one.segment}`),
  at("imports", "/audience/imports"),
  at("import-new", "/audience/imports/new"),
  at("import", "/audience/imports/$id", (one) => `/audience/imports/${one.import}`),
  at("plugins", "/plugins"),
  at("plugin-install", "/plugins/install"),
  at("plugin-found", "/plugins/install", (one) => `/plugins/install?package=${one.package}`),
  ...["health", "versions", "permissions", "settings", "runs"].map((tab) => at(`plugin-${tab}`, "/plugins/$id", (one) => `/plugins/${one.installation}?tab=${tab}`)),
  at("plugin-version", "/plugins/$id/versions/$version", (one) => `/plugins/${one.installation}/versions/${one.version}`),
  at("plugin-run", "/plugins/$id/runs/$run", (one) => `/plugins/${one.runner}/runs/${one.run}`),
];

/** The demo's own things. */
export async function things(api: Api): Promise<Things> {
  const id = (one: { id?: string } | undefined) => String(one?.id);
  const campaign = id(await api.find("/campaigns", "code", "demo-coupons"));
  const installation = await api.find("/installations", "name", "connector-email");
  const sends = await api.get(`/sends?campaign=${campaign}&state=accepted&limit=1`);
  return {
    campaign,
    draft: id(await api.find("/campaigns", "code", "demo-next")),
    contact: String(sends.items[0].contact),
    reader: String(sends.items[0].contact),
    segment: id(await api.find("/segments", "name", "High spenders or recommended")),
    import: id(await api.find("/imports", "file_name", "orders.csv")),
    installation: id(installation),
    version: id(installation.active),
    run: id((await api.get(`/installations/${id(installation)}/runs?limit=1`)).items[0]),
    runner: id(installation),
    package: String(installation.active.package),
  };
}
