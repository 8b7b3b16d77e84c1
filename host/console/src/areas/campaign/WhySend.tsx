/** One ledger row explained: its state, the consent it leaned on, the policy, the content and every attempt. */
import { Card, Descriptions, Typography } from "antd";
import { useActor } from "@/api/actor";
import type { Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { sendMood } from "./states";

type Consent = Schemas["ConsentRecord"];
type Attempt = Schemas["AttemptView"];

export function WhySend({ why }: { why: Schemas["SendWhy"] }) {
  const { t, f, code } = useWords();
  const who = useActor();
  const { send, content, connector, caps } = why;
  const { policy_version: version } = why;
  const policy = version === null || version === undefined ? t("why.policyUnknown") : version === 0 ? t("why.policyNone") : t("why.policyChange", { version });
  const consents: Column<Consent>[] = [
    { key: "at", title: t("why.at"), text: (row) => row.at, cell: (row) => f.time(row.at) },
    { key: "state", title: t("campaign.state"), text: (row) => code("consent.state", row.state), cell: (row) => code("consent.state", row.state) },
    { key: "topic", title: t("campaign.topic"), text: (row) => row.topic, cell: (row) => (row.topic === "*" ? t("why.allTopics") : row.topic) },
    { key: "source", title: t("why.source"), text: (row) => row.source, cell: (row) => row.source },
    { key: "proof", title: t("why.proof"), text: (row) => row.proof, cell: (row) => row.proof || "—" },
    { key: "actor", title: t("why.actor"), text: (row) => who(row.actor), cell: (row) => who(row.actor), hidden: true },
  ];
  const attempts: Column<Attempt>[] = [
    { key: "attempt", title: t("why.attempt"), text: (row) => row.attempt, cell: (row) => f.number(row.attempt) },
    { key: "started", title: t("why.at"), text: (row) => row.started_at, cell: (row) => f.time(row.started_at) },
    { key: "state", title: t("campaign.state"), text: (row) => row.state, cell: (row) => code("send.state", row.state) },
    { key: "code", title: t("campaign.answerCode"), text: (row) => row.code ?? "", cell: (row) => row.code ?? "—" },
    { key: "detail", title: t("campaign.detail"), text: (row) => row.detail ?? "", cell: (row) => row.detail ?? "—" },
    { key: "run", title: t("why.run"), text: (row) => row.run ?? "", cell: (row) => <span className="mono">{row.run ?? "—"}</span>, hidden: true },
  ];
  return (
    <Card
      className="panel"
      title={
        <>
          {send.channel} <StateTag mood={sendMood(send.state)}>{code("send.state", send.state)}</StateTag> {send.reason && code("send.reason", send.reason)}
        </>
      }
    >
      <Typography.Paragraph strong>{f.told(why.answer)}</Typography.Paragraph>
      <Descriptions
        size="small"
        column={{ xs: 1, lg: 2 }}
        items={[
          { key: "address", label: t("campaign.address"), children: send.address ?? "—" },
          { key: "language", label: t("language.label"), children: send.locale || "—" },
          { key: "consent", label: t("why.consentNow"), children: send.consent_now ? t("form.yes") : t("form.no") },
          { key: "suppressed", label: t("why.suppressedNow"), children: send.suppressed_now ? t("form.yes") : t("form.no") },
          { key: "policy", label: t("why.policy"), children: policy },
          { key: "message", label: t("campaign.message"), children: content ? t("why.messageVersion", { version: content.message_version }) : "—" },
          { key: "sender", label: t("campaign.sender"), children: content?.sender ?? "—" },
          { key: "digest", label: t("why.digest"), children: <span className="mono">{send.content_hash ?? "—"}</span> },
          { key: "connector", label: t("campaign.connector"), children: connector?.version ?? "—" },
          ...caps.map((cap, at) => ({
            key: `cap-${String(at)}`,
            label: t("why.cap"),
            children: t("why.capCounted", { counted: cap.counted, sends: cap.sends, days: cap.days }),
          })),
        ]}
      />
      <Typography.Title level={2} className="section">{t("why.consents")}</Typography.Title>
      <DataTable name={`consent-${send.id}`} label={t("why.consents")} columns={consents} rows={send.consent} rowKey={(row) => row.id} empty={t("why.noConsents")} />
      <Typography.Title level={2} className="section">{t("campaign.attempts")}</Typography.Title>
      <DataTable name={`attempts-${send.id}`} label={t("campaign.attempts")} columns={attempts} rows={send.attempts} rowKey={(row) => String(row.attempt)} empty={t("why.noAttempts")} />
    </Card>
  );
}
