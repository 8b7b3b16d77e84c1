/** A delivery policy in words: how often, when, and where to. */
import { useQuery } from "@tanstack/react-query";
import { Card, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords, type Words } from "@/words";
import { campaignQuery } from "./questions";

type Rules = Schemas["PolicyRules"];

/** What holds for a campaign: what its unit sets, else the workspace's. */
export function PolicyFor({ campaign }: { campaign: string | undefined }) {
  const { t } = useWords();
  const of = useQuery({ ...campaignQuery(campaign ?? ""), enabled: campaign !== undefined });
  const unit = of.data?.unit;
  const ready = campaign === undefined || of.isFetched;
  const policy = useQuery({
    queryKey: ["delivery-policy", unit ?? "workspace"],
    enabled: ready,
    queryFn: async (): Promise<Rules> =>
      unit
        ? (await answer(api.GET("/api/v1/units/{id}/delivery-policy", { params: { path: { id: unit } } }))).effective
        : answer(api.GET("/api/v1/delivery-policy")),
  });
  return (
    <Card title={t("policy.title")} className="panel">
      <Typography.Paragraph type="secondary">{t("policy.now")}</Typography.Paragraph>
      {policy.isError ? <ProblemAlert error={policy.error} /> : policy.data && <PolicyShown rules={policy.data} />}
    </Card>
  );
}

function PolicyShown({ rules }: { rules: Rules }) {
  const words = useWords();
  const lines = policyInWords(rules, words);
  return (
    <ul className="rule-words">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

export function policyInWords(rules: Rules, { t, f, code }: Words): string[] {
  const on = (channel: string | null | undefined) => (channel ? code("channel", channel) : t("policy.everyChannel"));
  const caps = (rules.caps ?? []).map((cap) =>
    t(cap.topic ? "policy.capTopic" : "policy.cap", { n: cap.sends, days: cap.days, channel: on(cap.channel), topic: cap.topic ?? "" }),
  );
  const quiet = rules.quiet_hours;
  const pause = rules.auto_pause;
  return [
    ...(caps.length > 0 ? caps : [t("policy.noCaps")]),
    quiet
      ? t("policy.quiet", { from: quiet.from, to: quiet.to, channel: quiet.channels?.length ? quiet.channels.map((one) => code("channel", one)).join(", ") : t("policy.everyChannel") })
      : t("policy.noQuiet"),
    ...(rules.barred ?? []).map((one) => t("policy.barred", { region: one.region, channel: on(one.channel) })),
    ...(pause && (pause.hard_bounces || pause.complaints)
      ? [t("policy.pause", { bounces: f.percent(pause.hard_bounces), complaints: f.percent(pause.complaints), n: pause.after ?? 0 })]
      : []),
  ];
}
