/** One recommendation: its question, the ranking with its reasons, how it did, and an audience made of it. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Button, Card, Descriptions, Tabs } from "antd";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { useActor } from "@/api/actor";
import { useMay } from "@/api/me";
import { campaignNamesQuery } from "@/areas/campaign/questions";
import { segmentsQuery } from "@/areas/campaign/questions";
import { Wall } from "@/parts/Fault";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { installationsQuery } from "../messages/channels";
import { offersQuery, rankingQuery } from "../questions";
import { briefOf } from "./brief";
import { GainsShown } from "./GainsShown";
import { MakeAudience } from "./MakeAudience";
import { Ranking } from "./Ranking";
import "../creative.css";

type Recommendation = Schemas["Recommendation"];
const route = getRouteApi("/in/creative/recommendations/$id");
/** Where no run could be opened, the API gives an id of zeros. */
const NO_RUN = /^[0-]+$/;

export function RecommendationPage() {
  const { id } = route.useParams();
  const asked = useQuery(rankingQuery(id));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Loaded held={asked.data} />;
}

function Loaded({ held }: { held: Recommendation }) {
  const { t, f, code } = useWords();
  const may = useMay();
  const who = useActor();
  const navigate = route.useNavigate();
  const { tab } = route.useSearch();
  const [making, setMaking] = useState(false);
  const brief = briefOf(held.brief);
  const people = held.kind === "contact";
  const tabs = [{ key: "ranking", label: t("recommend.tab.ranking", { n: held.ranked }), children: <Ranking held={held} /> }];
  if (people && brief.campaign && may("measure.read")) tabs.push({ key: "gains", label: t("recommend.tab.gains"), children: <Wall><GainsShown campaign={brief.campaign} recommendation={held.id} /></Wall> });
  return (
    <Page
      title={t("recommend.title", { kind: code("recommend.kind", held.kind), objective: brief.objective })}
      lead={t("recommend.askedAt", { by: who(held.created_by), at: f.time(held.created_at) })}
      help={["recommend.help.reasons", "recommend.help.people", "recommend.help.gains"]}
      actions={
        people &&
        held.ranked > 0 &&
        may("audience.write") && (
          <Button type="primary" onClick={() => setMaking(true)}>
            {t("recommend.toAudience")}
          </Button>
        )
      }
    >
      {held.skipped && <Alert className="banner" type="warning" showIcon title={t("recommend.skipped")} description={held.skipped} />}
      <Question held={held} />
      <Tabs activeKey={tab ?? "ranking"} destroyOnHidden onChange={(next) => void navigate({ search: { tab: next === "gains" ? "gains" : undefined } })} items={tabs} />
      {making && <MakeAudience held={held} onClose={() => setMaking(false)} />}
    </Page>
  );
}

function Question({ held }: { held: Recommendation }) {
  const { t, f } = useWords();
  const may = useMay();
  const brief = briefOf(held.brief);
  const campaigns = useQuery({ ...campaignNamesQuery, enabled: may("campaign.read") });
  const installations = useQuery({ ...installationsQuery, enabled: may("plugins.read") });
  const segments = useQuery({ ...segmentsQuery, enabled: brief.segment !== undefined && may("audience.read") });
  const offers = useQuery({ ...offersQuery, enabled: brief.offer !== undefined && may("sales.read") });
  const name = (items: { id: string; name: string }[] | undefined, id: string) => items?.find((one) => one.id === id)?.name ?? id;
  const plugin = name(installations.data?.items, held.installation);
  const items = [
    { key: "at", label: t("recommend.at"), children: f.time(brief.at) },
    { key: "candidates", label: t("recommend.candidates"), children: f.number(brief.candidates) },
    ...(brief.campaign ? [{ key: "campaign", label: t("creative.campaign"), children: <Link to="/campaigns/$id" params={{ id: brief.campaign }}><bdi>{name(campaigns.data?.items, brief.campaign)}</bdi></Link> }] : []),
    ...(brief.segment ? [{ key: "segment", label: t("recommend.of"), children: <Link to="/audience/segments/$id" params={{ id: brief.segment }}><bdi>{name(segments.data?.items, brief.segment)}</bdi></Link> }] : []),
    ...(brief.offer ? [{ key: "offer", label: t("recommend.offer"), children: name(offers.data?.items, brief.offer) }] : []),
    ...brief.facts.map(([fact, value]) => ({ key: fact, label: <FactName fact={fact} />, children: <bdi>{value}</bdi> })),
    { key: "by", label: t("recommend.by"), children: may("plugins.read") ? <Link to="/plugins/$id" params={{ id: held.installation }}><bdi>{plugin}</bdi></Link> : plugin },
    ...(may("plugins.read") && !NO_RUN.test(held.run) ? [{ key: "run", label: t("recommend.run"), children: <Link to="/plugins/$id/runs/$run" params={{ id: held.installation, run: held.run }}>{t("recommend.runOpen")}</Link> }] : []),
  ];
  return (
    <Card className="panel" size="small">
      <Descriptions size="small" column={{ xs: 1, lg: 3 }} items={items} />
    </Card>
  );
}

function FactName({ fact }: { fact: string }) {
  const { code } = useWords();
  return code("recommend.fact", fact);
}
