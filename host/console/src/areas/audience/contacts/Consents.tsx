/** What a person agreed to: as it holds now, every statement with its proof, and a new one. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Card, Form, Input, Modal, Radio, Select, Typography } from "antd";
import { useState } from "react";
import { useActor } from "@/api/actor";
import { api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { topicsQuery } from "@/areas/campaign/questions";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useSubmit } from "@/parts/forms";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { consentsQuery, useProfileTaken } from "./questions";

type Consent = Schemas["Consent"];
type Said = Schemas["ConsentRecord"];
const ALL = "*";

/** The channels people are asked about; others come from connectors and are shown as they are called. */
export const CHANNELS = ["email", "sms", "wechat", "whatsapp", "push", "voice", "direct_mail"] as const;

export function Consents({ profile }: { profile: Schemas["Profile"] }) {
  const { t, f, code } = useWords();
  const may = useMay();
  const who = useActor();
  const [saying, setSaying] = useState(false);
  const { id } = profile.contact;
  const history = useQuery(consentsQuery(id));
  const topics = useQuery(topicsQuery);
  const topic = (row: Consent | Said) => (row.topic === ALL ? t("why.allTopics") : (topics.data?.items.find((one) => one.code === row.topic)?.name ?? row.topic));
  const channel = (row: Consent | Said) => code("channel", row.channel);
  const state = (row: Consent | Said) => <StateTag mood={row.state === "granted" ? "good" : "quiet"}>{code("consent.state", row.state)}</StateTag>;
  const both = [
    { key: "channel", title: t("campaign.channel"), text: channel, cell: channel },
    { key: "topic", title: t("campaign.topic"), text: topic, cell: topic },
    { key: "state", title: t("campaign.state"), text: (row: Consent | Said) => code("consent.state", row.state), cell: state },
    { key: "at", title: t("why.at"), text: (row: Consent | Said) => row.at, cell: (row: Consent | Said) => f.time(row.at) },
  ];
  const said: Column<Said>[] = [
    ...both,
    { key: "source", title: t("why.source"), text: (row) => row.source, cell: (row) => row.source },
    { key: "proof", title: t("why.proof"), text: (row) => row.proof, cell: (row) => <bdi className="plain">{row.proof || "—"}</bdi> },
    { key: "actor", title: t("why.actor"), text: (row) => who(row.actor), cell: (row) => who(row.actor) },
  ];
  const say = may("audience.write") && (
    <Button size="small" onClick={() => setSaying(true)}>
      {t("consent.say")}
    </Button>
  );
  return (
    <>
      <Card className="panel" title={t("consent.now")}>
        <DataTable<Consent> name="consents" label={t("consent.now")} columns={both} rows={profile.consents} rowKey={(row) => `${row.channel} ${row.topic}`} tools={say} empty={<Empty title={t("contact.noConsent")} what={t("contact.noConsentWhat")} />} />
      </Card>
      <Card className="panel" title={t("consent.history")}>
        <Typography.Paragraph type="secondary">{t("why.help.proof")}</Typography.Paragraph>
        {history.isError ? (
          <ProblemAlert error={history.error} onRetry={() => void history.refetch()} />
        ) : (
          <DataTable<Said> name="consent-history" label={t("consent.history")} columns={said} rows={history.data ?? []} rowKey={(row) => row.id} loading={history.isPending} empty={<Empty title={t("contact.noConsent")} />} />
        )}
      </Card>
      {saying && <Say contact={id} topics={topics.data?.items ?? []} onClose={() => setSaying(false)} />}
    </>
  );
}

interface Values {
  channel: string;
  topic: string;
  state: Schemas["ConsentState"];
  proof?: string;
}

function Say({ contact, topics, onClose }: { contact: string; topics: Schemas["Topic"][]; onClose: () => void }) {
  const { t, code } = useWords();
  const [form] = Form.useForm<Values>();
  const queries = useQueryClient();
  const { again } = useProfileTaken(contact);
  const state = Form.useWatch("state", form) ?? "granted";
  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    await api.POST("/api/v1/contacts/{id}/consents", { params: { path: { id: contact } }, body: { ...values, proof: values.proof ?? "" } });
    await Promise.all([again(), queries.invalidateQueries({ queryKey: consentsQuery(contact).queryKey })]);
    onClose();
  });
  return (
    <Modal open title={t("consent.say")} onCancel={onClose} onOk={() => form.submit()} okText={t("form.save")} confirmLoading={busy}>
      {alert}
      <Form form={form} layout="vertical" initialValues={{ channel: "email", topic: ALL, state: "granted" }} onFinish={(values) => void submit(values)}>
        <Form.Item name="state" label={t("campaign.state")}>
          <Radio.Group
            options={[
              { value: "granted", label: t("rule.consent.granted") },
              { value: "withdrawn", label: t("rule.consent.withdrawn") },
            ]}
          />
        </Form.Item>
        <Form.Item name="channel" label={t("campaign.channel")}>
          <Select options={CHANNELS.map((value) => ({ value, label: code("channel", value) }))} />
        </Form.Item>
        <Form.Item name="topic" label={t("campaign.topic")}>
          <Select options={[{ value: ALL, label: t("why.allTopics") }, ...topics.map((one) => ({ value: one.code, label: one.name }))]} />
        </Form.Item>
        <Form.Item name="proof" label={t("why.proof")} extra={t("consent.proofHelp")} rules={state === "granted" ? [{ required: true, message: t("form.needed") }] : []}>
          <Input.TextArea rows={2} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
