/** Letters that were really sent: one person, one campaign, by the API alone. */
import type { Suite } from "./suite";

const LINK = /\/u\/([\w.~-]+)/;

/** Send the demo's message to somebody new of this language; the address its unsubscribe link leads to. */
export async function unsubscribeLink(held: Suite, locale: string): Promise<string> {
  const { api } = held.host;
  const email = `letters-${locale.toLowerCase()}@example.com`;
  const file = `external_id,email,name,locale,consent_email\nletters-${locale},${email},Letters,${locale},yes\n`;
  const brought = await api.upload("/imports?kind=contacts&file_name=letters.csv", "text/csv", file);
  await api.until(`/imports/${String(brought.id)}`, (one) => one.state === "done");
  await api.put("/plan-settings", { approval_required: false });
  const segment = await api.post("/segments", { name: `Letters ${locale}`, rule: { all: [{ on: "identity", kind: "email" }, { on: "contact", field: "name", op: "is", value: "Letters" }, { on: "contact", field: "locale", op: "is", value: locale }] } });
  const ids = {
    message: (await api.find("/messages", "name", "Winter coupons")).id as string,
    installation: (await api.find("/installations", "name", "connector-email")).id as string,
    sender: (await api.find("/senders", "name", "Demo shop")).id as string,
    mail_server: (await api.find("/mail-servers", "name", "demo")).id as string,
  };
  const campaign = await api.post("/campaigns", { name: `Letters ${locale}`, segment: segment.id as string, topic: "offers", messages: [{ channel: "email", ...ids }] });
  await api.post(`/campaigns/${String(campaign.id)}/launch`);
  await api.until(`/campaigns/${String(campaign.id)}/ledger`, (one) => one.finished === true);
  const mail = await held.mail.to(email);
  // The template engine writes a slash in an attribute as an entity.
  const token = LINK.exec(mail.html.replaceAll("&#x2f;", "/"))?.[1];
  if (!token) throw new Error(`the mail to ${email} has no link to unsubscribe`);
  return `${held.host.base}/u/${token}`;
}
