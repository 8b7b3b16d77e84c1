/** Texts that would run as script wherever one is not shown as text; each says where it stood. */
import type { Browser } from "./browser";
import type { Host } from "./host";
import type { Api } from "./api";
import { FLAG } from "./guard";
import { remade } from "./plugin";

/** Of the person whose every field is a canary. */
export const ADDRESS = "canary@example.com";

/** Closes quotes, tags and comments, then tries an element, a handler, an address and a template. */
export function canary(where: string): string {
  const call = `${FLAG}(&#39;${where}&#39;)`;
  return `"'>--></title></textarea><img src=x onerror="${call}"><svg onload="${call}"><script>${FLAG}('${where}')</script><a href="javascript:${FLAG}('${where}')">{{constructor.constructor('${FLAG}(1)')()}} ${where}</a>`;
}

/** The same where there is little room: names of columns, traits and tags. */
export function brief(where: string): string {
  return `"'><svg onload=${FLAG}(1)><script>${FLAG}('${where}')</script>`;
}

export interface Planted {
  contact: string;
  import: string;
  installation: string;
  version: string;
  package: string;
  segment: string;
  campaign: string;
}

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

/** A stranger fills every field that strangers can fill. */
export async function plant(host: Host): Promise<Planted> {
  const { api } = host;
  const imported = await file(api);
  const id = String((await api.get(`/contacts?q=${ADDRESS}`)).items[0].id);
  await events(host);
  await api.post(`/contacts/${id}/tags`, { name: brief("tag") });
  const segment = await api.post("/segments", { name: canary("segment").slice(0, 200), description: canary("description"), strategy: canary("strategy"), owner: canary("owner"), rule: { on: "identity", kind: "email" } });
  const campaign = await api.post("/campaigns", { name: canary("campaign").slice(0, 200), objective: "canary" });
  return { contact: id, import: imported, segment: String(segment.id), campaign: String(campaign.id), ...(await stranger(api)) };
}

/** Cells of a file: names, traits, and rows that are refused with their line. */
async function file(api: Api): Promise<string> {
  const head = ["external_id", "email", "name", "first_name", "last_name", "locale", "tags", "source", "consent_email", "consent_proof", brief("header")];
  const good = ["canary-1", ADDRESS, canary("name"), canary("first name"), canary("last name"), "en", brief("tags"), brief("source"), "yes", canary("proof"), canary("trait")];
  const bad = ["canary-2", canary("address"), canary("refused name"), "", "", "en", "", "", "perhaps", "", ""];
  const text = [head, good, bad].map((cells) => cells.map(quoted).join(",")).join("\n");
  const held = await api.upload(`/imports?kind=contacts&keep_unknown=true&file_name=${encodeURIComponent(`${canary("file").slice(0, 150)}.csv`)}`, "text/csv", text);
  await api.until(`/imports/${String(held.id)}`, (one) => one.state !== "running");
  return String(held.id);
}

/** What a site's tracker sends: names, properties, UTM, user agent, referrer. */
async function events(host: Host): Promise<void> {
  const key = await host.command(["key", "create", "--kind", "write", "--name", "canary"]);
  const page = { path: "/x", url: `https://shop.example.com/?utm_source=${encodeURIComponent(canary("url"))}`, referrer: canary("referrer"), title: canary("title") };
  const campaign = { name: canary("utm_campaign"), source: canary("utm_source"), medium: canary("utm_medium"), term: canary("utm_term"), content: canary("utm_content") };
  const context = { userAgent: canary("user agent"), page, campaign, ip: "203.0.113.7", locale: canary("locale") };
  const who = { userId: "canary-user", anonymousId: "canary-anonymous" };
  const batch = [
    { type: "identify", ...who, traits: { email: ADDRESS, plan: canary("identified trait"), [brief("trait")]: "x" }, context, messageId: "canary-1" },
    { type: "track", ...who, event: brief("event"), properties: { [brief("property")]: canary("property") }, context, messageId: "canary-2" },
    { type: "page", ...who, name: brief("page"), properties: page, context, messageId: "canary-3" },
  ];
  const answer = await fetch(`${host.api.base}/v1/batch`, {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": "canary", authorization: `Basic ${Buffer.from(`${String(key.secret)}:`).toString("base64")}` },
    body: JSON.stringify({ batch }),
  });
  if (!answer.ok) throw new Error(`the canaries' events were refused: ${String(answer.status)} ${await answer.text()}`);
}

/** A plugin whose every text is a canary. */
async function stranger(api: Api): Promise<{ installation: string; version: string; package: string }> {
  // A text of JSON is one of TOML, too.
  const toml = (where: string) => JSON.stringify(canary(where));
  const short = (where: string) => JSON.stringify(brief(where));
  const manifest = (text: string) =>
    text
      .replace("rialto/connector-webhook", "canary/hook")
      .replace('licence = "Apache-2.0"', `licence = ${short("licence")}`)
      .replace('en = "Webhook"', `en = ${short("plugin title")}`)
      .replace('zh-CN = "网络回调"', `zh-CN = ${short("plugin title zh")}`)
      .replace(/en = "Posts messages.*"/, `en = ${toml("plugin description")}`)
      .replace(/reason = ".*"/, `reason = ${toml("reason")}`)
      .replace('title = "Endpoint"', `title = ${short("setting title")}`)
      .replace(/description = "Where messages.*"/, `description = ${toml("setting description")}`);
  const once = remade("connector-webhook", "rialto:manifest", manifest);
  const kept = await api.upload("/plugins", "application/wasm", new Uint8Array(once));
  const settings = { endpoint: "https://canary.example.com/x", "signing-secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
  const made = await api.post("/installations", { package: kept.digest, name: brief("i"), settings });
  return { installation: String(made.id), version: String(made.waiting[0].id), package: String(kept.digest) };
}

/** Proof that the guard sees what it is there for: a page outside of the product that lets everything run. */
export async function control(browser: Browser, host: Host): Promise<string[]> {
  const person = await browser.person(host, { language: "en" });
  const { page } = person;
  const at = "http://control.example/";
  const answer = { contentType: "text/html", body: `<!doctype html><p>${canary("control")}</p><script>alert("control")</script>` };
  await page.route(`${at}open`, (route) => route.fulfill(answer));
  await page.route(`${at}strict`, (route) => route.fulfill({ ...answer, headers: { "content-security-policy": "script-src 'none'" } }));
  for (const name of ["open", "strict"]) {
    await page.goto(at + name);
    await page.waitForTimeout(500);
  }
  await page.context().close();
  return person.guard.found;
}
