/** A mail to oneself, through the whole way that campaigns go; the ledger's row is shown as it moves. */
import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Button, Card, Form, Input, Typography } from "antd";
import { answer, api } from "@/api/client";
import { meQuery, useMay, workspaceQuery } from "@/api/me";
import { channels } from "@/areas/campaign/MessageFields";
import { installationsQuery, mailServersQuery, sendersQuery, topicsQuery } from "@/areas/campaign/questions";
import { sendMood } from "@/areas/campaign/states";
import { useSubmit } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { hostQuery } from "./questions";
import type { StepProps } from "./StartPage";
import { StepButtons } from "./StepButtons";
import { sendTest } from "./testSend";

const LOOK_AGAIN_MS = 1_000;
const SETTLED = ["accepted", "rejected", "uncertain", "not_sent"];
/** Under which a test is sent where the workspace has no topic yet. */
const TOPIC = "test";

export function TestStep({ draft, keep, onDone, onBack }: StepProps) {
  const { t } = useWords();
  const may = useMay();
  const installations = useQuery(installationsQuery);
  const servers = useQuery(mailServersQuery);
  const senders = useQuery(sendersQuery);
  const topics = useQuery(topicsQuery);
  const host = useQuery({ ...hostQuery, enabled: may("host.read") });
  if (!installations.data || !servers.data || !senders.data || !topics.data) return <Loading />;
  const connector = installations.data.items.find((one) => one.state === "active" && channels(one).includes("email"))?.id;
  const server = servers.data.items[0]?.id;
  const sender = senders.data.items.find((one) => one.channel === "email")?.id;
  const missing = [...(sender ? [] : [t("term.sender")]), ...(server ? [] : [t("term.mailServer")]), ...(connector ? [] : [t("campaign.connector")])];
  return (
    <Card title={t("start.step.test")}>
      <Typography.Paragraph type="secondary">{t("start.test.what")}</Typography.Paragraph>
      {host.data && !host.data.sends && <Alert type="warning" showIcon className="banner" title={t("start.test.held")} description={host.data.held} />}
      {connector && server && sender ? (
        <Send draft={draft} keep={keep} connector={connector} server={server} sender={sender} topic={topics.data.items[0]?.code} />
      ) : (
        <Alert type="info" showIcon title={t("start.test.missing", { what: missing.join(", ") })} action={<Link to="/start/$step" params={{ step: "channel" }}>{t("start.step.channel")}</Link>} />
      )}
      <StepButtons onBack={onBack} onNext={onDone} />
    </Card>
  );
}

interface SendProps extends Pick<StepProps, "draft" | "keep"> {
  connector: string;
  server: string;
  sender: string;
  topic: string | undefined;
}

function Send({ draft, keep, connector, server, sender, topic }: SendProps) {
  const { t, f, language } = useWords();
  const { data: me } = useSuspenseQuery(meQuery);
  const { data: workspace } = useSuspenseQuery(workspaceQuery);
  const queries = useQueryClient();
  const [form] = Form.useForm<{ address: string }>();
  const typed = draft.test ?? {};
  const { busy, submit, alert } = useSubmit(form, async ({ address }: { address: string }) => {
    // A mail is sent about something: the first topic of a workspace that has none.
    if (!topic) {
      await api.POST("/api/v1/topics", { body: { code: TOPIC, name: t("start.test.topic") } });
      await queries.invalidateQueries({ queryKey: topicsQuery.queryKey });
    }
    const campaign = await sendTest({
      address: address.trim(),
      tester: me.user?.id ?? workspace.id,
      locale: language,
      proof: t("start.test.proof", { name: me.user?.name ?? "" }),
      name: t("start.test.campaign", { at: f.time(new Date().toISOString()) }),
      message: { name: t("start.mail.name"), subject: t("start.mail.subject", { name: workspace.name }), text: `${t("start.mail.text")}\n\n${t("start.mail.stop")} {{ unsubscribe_url }}\n` },
      connector,
      server,
      sender,
      topic: topic ?? TOPIC,
    });
    keep({ test: { address, campaign } });
    await queries.invalidateQueries({ queryKey: ["campaigns"] });
  });
  return (
    <>
      <Form form={form} layout="vertical" initialValues={{ address: typed.address ?? me.user?.email }} disabled={busy} onValuesChange={(_, all) => keep({ test: { ...typed, ...all } })} onFinish={(values) => void submit(values)} style={{ maxWidth: 420 }}>
        {alert}
        <Form.Item name="address" label={t("start.test.address")} rules={[{ required: true, message: t("form.needed") }]}>
          <Input type="email" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t("start.test.send")}
        </Button>
      </Form>
      {typed.campaign && <Outcome campaign={typed.campaign} />}
    </>
  );
}

function Outcome({ campaign }: { campaign: string }) {
  const { t, code } = useWords();
  const asked = useQuery({
    queryKey: ["campaigns", campaign, "test"],
    queryFn: () => answer(api.GET("/api/v1/sends", { params: { query: { campaign, limit: 1 } } })),
    refetchInterval: (query) => (SETTLED.includes(query.state.data?.items[0]?.state ?? "") ? false : LOOK_AGAIN_MS),
  });
  const send = asked.data?.items[0];
  return (
    <div className="section" role="status" aria-live="polite">
      {!send ? (
        t("start.test.waiting")
      ) : (
        <>
          <StateTag mood={sendMood(send.state)}>{code("send.state", send.state)}</StateTag> {send.reason && code("send.reason", send.reason)} {send.detail}
          <Typography.Paragraph className="section">
            {send.state === "accepted" && t("start.test.arrived")}{" "}
            <Link to="/campaigns/$id/why/$contact" params={{ id: campaign, contact: send.contact }}>
              {t("why.open")}
            </Link>
          </Typography.Paragraph>
        </>
      )}
    </div>
  );
}
