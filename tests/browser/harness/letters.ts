/** Letters that were really sent: one person, one campaign, by the API alone. */
import { randomUUID } from "node:crypto";
import type { Suite } from "./suite";

/** Who got a letter, and what it lets them do, each by a link of its own. */
export interface Links {
  name: string;
  email: string;
  leave: string;
  choose: string;
  view: string;
}

/** A letter with all three links; what the demo says is not asked of it. */
const LETTER = `<mjml><mj-head><mj-title>Letters</mj-title></mj-head><mj-body><mj-section><mj-column>
<mj-text font-size="22px">Letters for {{ name }}</mj-text>
<mj-button href="https://shop.example.com/letters" background-color="#0a58ca">Shop</mj-button>
<mj-text><a href="{{ view_url }}">View</a> <a href="{{ preferences_url }}">Choose</a> <a href="{{ unsubscribe_url }}">Leave</a></mj-text>
</mj-column></mj-section></mj-body></mjml>`;

/** Send a letter to somebody new of this language; where its links lead. */
export async function letter(held: Suite, locale: string): Promise<Links> {
  const { api } = held.host;
  // Several files ask for letters, of one host.
  const name = `Letters ${locale} ${randomUUID().slice(0, 8)}`;
  const email = `${name.toLowerCase().replaceAll(" ", "-")}@example.com`;
  const file = `external_id,email,name,locale,consent_email\n${name},${email},${name},${locale},yes\n`;
  const brought = await api.upload("/imports?kind=contacts&file_name=letters.csv", "text/csv", file);
  await api.until(`/imports/${String(brought.id)}`, (one) => one.state === "done");
  const { approval_required } = await api.get("/plan-settings");
  await api.put("/plan-settings", { approval_required: false });
  const segment = await api.post("/segments", { name, rule: { all: [{ on: "identity", kind: "email" }, { on: "contact", field: "name", op: "is", value: name }] } });
  const message = await api.post("/messages", { name, channel: "email", contents: { [locale]: { subject: "Letters", mjml: LETTER } } });
  const ids = {
    message: message.id as string,
    installation: (await api.find("/installations", "name", "connector-email")).id as string,
    sender: (await api.find("/senders", "name", "Demo shop")).id as string,
    mail_server: (await api.find("/mail-servers", "name", "demo")).id as string,
  };
  const campaign = await api.post("/campaigns", { name, segment: segment.id as string, topic: "offers", messages: [{ channel: "email", ...ids }] });
  await api.post(`/campaigns/${String(campaign.id)}/launch`);
  await api.put("/plan-settings", { approval_required });
  await api.until(`/campaigns/${String(campaign.id)}/ledger`, (one) => one.finished === true);
  const mail = await held.mail.to(email);
  // The template engine writes a slash in an attribute as an entity.
  const html = mail.html.replaceAll("&#x2f;", "/");
  const link = (path: string) => {
    const token = new RegExp(`/${path}/([\\w.~-]+)`).exec(html)?.[1];
    if (!token) throw new Error(`the mail to ${email} has no link /${path}/`);
    return `${held.host.base}/${path}/${token}`;
  };
  return { name, email, leave: link("u"), choose: link("p"), view: link("v") };
}
