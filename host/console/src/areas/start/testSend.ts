/**
 * A test mail goes the way of every other: a contact, their consent, a
 * campaign for that one person, a row of the ledger. So it proves the whole
 * way, and nothing is sent that the ledger does not know.
 */
import { answer, api, type Schemas } from "@/api/client";

interface TestMail {
  address: string;
  /** Who tests: the tag by which the campaign finds them and nobody else. */
  tester: string;
  locale: string;
  proof: string;
  name: string;
  message: { name: string; subject: string; text: string };
  sender: string;
  server: string;
  connector: string;
  topic: string;
}

const TESTER_TAG = "test-mail";

/** The launched campaign's id. */
export async function sendTest(mail: TestMail): Promise<string> {
  const tag = `${TESTER_TAG}-${mail.tester.slice(-8)}`;
  const contact = await recipient(mail, tag);
  await api.POST("/api/v1/contacts/{id}/consents", {
    params: { path: { id: contact } },
    body: { channel: "email", state: "granted", topic: mail.topic, proof: mail.proof },
  });
  const message = await messageOf(mail);
  const rule = { all: [{ on: "tag", name: tag }] } as unknown as Record<string, never>;
  const campaign = await answer(
    api.POST("/api/v1/campaigns", {
      body: {
        name: mail.name,
        kind: TESTER_TAG,
        topic: mail.topic,
        rule,
        messages: [{ channel: "email", message, installation: mail.connector, sender: mail.sender, mail_server: mail.server }],
      },
    }),
  );
  await api.POST("/api/v1/campaigns/{id}/launch", { params: { path: { id: campaign.id } } });
  return campaign.id;
}

async function recipient(mail: TestMail, tag: string): Promise<string> {
  const found = await answer(api.GET("/api/v1/contacts", { params: { query: { q: mail.address, identity: "email", limit: 1 } } }));
  const [known] = found.items;
  if (!known) {
    const identities: Schemas["NewIdentity"][] = [{ kind: "email", value: mail.address }];
    return (await answer(api.POST("/api/v1/contacts", { body: { name: mail.address, locale: mail.locale, identities, tags: [tag] } }))).id;
  }
  await api.POST("/api/v1/contacts/{id}/tags", { params: { path: { id: known.id } }, body: { name: tag } });
  return known.id;
}

async function messageOf(mail: TestMail): Promise<string> {
  const found = await answer(api.GET("/api/v1/messages", { params: { query: { search: mail.message.name, limit: 1 } } }));
  const [known] = found.items;
  if (known) return known.id;
  const contents = { [mail.locale]: { subject: mail.message.subject, text: mail.message.text } };
  return (await answer(api.POST("/api/v1/messages", { body: { name: mail.message.name, channel: "email", contents: contents as unknown as Record<string, never> } }))).id;
}
