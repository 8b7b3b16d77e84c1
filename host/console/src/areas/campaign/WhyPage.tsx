/** "Why did this person get this?" on one page: audience, hold-out, consent and its proof, policy, content, attempts. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Card, Descriptions, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { RuleShown } from "@/areas/audience/segments/RuleShown";
import { SnapshotLink } from "@/areas/audience/snapshots/SnapshotLink";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { PolicyFor } from "./PolicyShown";
import { WhySend } from "./WhySend";

const route = getRouteApi("/in/campaigns/$id/why/$contact");

export function WhyPage() {
  const { id, contact } = route.useParams();
  const asked = useQuery({
    queryKey: ["why", id, contact],
    queryFn: () => answer(api.GET("/api/v1/contacts/{id}/why", { params: { path: { id: contact }, query: { campaign: id } } })),
  });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Shown why={asked.data} />;
}

function Shown({ why }: { why: Schemas["Why"] }) {
  const { t, f } = useWords();
  const { audience, campaign } = why;
  return (
    <Page
      title={t("why.title")}
      lead={
        <>
          {campaign && (
            <Link to="/campaigns/$id" params={{ id: campaign.id }} search={{ tab: "people" }}>
              {campaign.name}
            </Link>
          )}{" "}
          ·{" "}
          <Link to="/audience/contacts/$id" params={{ id: why.person }}>
            {t("why.person")}
          </Link>
        </>
      }
      help={["why.help.what", "why.help.proof"]}
      terms={["ledger", "consent", "heldOut", "cap", "quietHours", "suppression", "snapshot"]}
    >
      <Alert type="info" showIcon className="banner" title={t("why.answer")} description={<Typography.Text className="plain">{f.told(why.answer)}</Typography.Text>} />
      <div className="two">
        <Card title={t("why.audience")} className="panel">
          {audience ? (
            <Descriptions
              column={1}
              size="small"
              items={[
                { key: "member", label: t("why.member"), children: audience.member ? t("form.yes") : t("form.no") },
                { key: "taken", label: t("why.taken"), children: f.time(audience.taken_at) },
                { key: "size", label: t("why.size"), children: f.number(audience.size) },
                {
                  key: "segment",
                  label: t("campaign.segment"),
                  children: audience.segment ? (
                    <Link to="/audience/segments/$id" params={{ id: audience.segment }}>
                      {t("why.segmentOpen")}
                    </Link>
                  ) : (
                    "—"
                  ),
                },
                { key: "rule", label: t("why.rule"), children: <div><RuleShown rule={audience.rule} /></div> },
                { key: "snapshot", label: t("term.snapshot"), children: <SnapshotLink id={audience.snapshot} /> },
              ]}
            />
          ) : (
            t("why.noAudience")
          )}
        </Card>
        <Card title={t("why.experiments")} className="panel">
          {why.experiments.length === 0
            ? t("why.noExperiments")
            : why.experiments.map((one) => (
                <Typography.Paragraph key={one.experiment}>
                  {t(one.held_out ? "why.heldOut" : "why.arm", { experiment: one.name, arm: one.arm, at: f.time(one.at) })}
                </Typography.Paragraph>
              ))}
        </Card>
      </div>
      {why.sends.map((one) => (
        <WhySend key={one.send.id} why={one} />
      ))}
      <PolicyFor campaign={campaign?.id} />
      {why.sends.length === 0 && <Alert type="warning" showIcon title={t("why.noSends")} />}
    </Page>
  );
}
