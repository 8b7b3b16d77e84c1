/** What the addresses of the pages lead to: the demo's own things, and the few that it does not have. */
import type { Api } from "../harness/api";

export interface Things {
  campaign: string;
  draft: string;
  /** One of the retailer's own, measured and over. */
  past: string;
  contact: string;
  /** Somebody whom the campaign wrote to. */
  reader: string;
  segment: string;
  snapshot: string;
  import: string;
  creative: string;
  message: string;
  recommendation: string;
  order: string;
  product: string;
  offer: string;
  attribution: string;
  /** Several runs, as an address holds them. */
  compared: string;
  lift: string;
  experiment: string;
  report: string;
  lesson: string;
  conversion: string;
  installation: string;
  version: string;
  /** A run, and whose it was. */
  run: string;
  runner: string;
  package: string;
  job: string;
  user: string;
  personRequest: string;
}

const id = (one: { id?: string } | undefined) => String(one?.id);

export async function things(api: Api): Promise<Things> {
  const first = async (path: string) => id((await api.get(`${path}${path.includes("?") ? "&" : "?"}limit=1`)).items[0]);
  const campaign = id(await api.find("/campaigns", "code", "demo-coupons"));
  const past = id(await api.find("/campaigns", "code", "cj-18"));
  const installation = await api.find("/installations", "name", "connector-email");
  const contact = String((await api.get(`/sends?campaign=${campaign}&state=accepted&limit=1`)).items[0].contact);
  const attribution = (await api.get("/attribution-runs?limit=3")).items as { id: string }[];
  const ranked = (await api.all("/recommendations")).find((one) => one.kind === "contact");
  const asked = await api.post(`/contacts/${contact}/export`, { reason: "To be looked at." });
  return {
    campaign,
    draft: id(await api.find("/campaigns", "code", "demo-next")),
    past,
    contact,
    reader: contact,
    segment: id(await api.find("/segments", "name", "High spenders or recommended")),
    // They have no list of their own: the job that took one names it.
    snapshot: String((await api.get("/jobs?kind=audience.snapshot&limit=1")).items[0].key),
    import: id(await api.find("/imports", "file_name", "orders.csv")),
    creative: await first("/creatives"),
    message: id(await api.find("/messages", "name", "Winter coupons")),
    recommendation: id(ranked),
    order: await first(`/orders?contact=${contact}`),
    product: await first("/products"),
    offer: await first("/offers"),
    attribution: id(attribution[0]),
    compared: attribution.map(id).join(","),
    lift: id(await api.find("/lift-runs", "campaign", past)),
    experiment: await first("/experiments"),
    report: await first("/report-runs"),
    lesson: await first("/lessons"),
    conversion: await first("/conversion-definitions"),
    installation: id(installation),
    version: id(installation.active),
    run: await first(`/installations/${id(installation)}/runs`),
    runner: id(installation),
    package: String(installation.active.package),
    job: await first("/jobs"),
    user: await first("/users"),
    personRequest: id(asked),
  };
}
