/** Where the credit flows: from channels to the campaigns whose touches earned it. A link leads to its rows below. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Card, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { Empty } from "@/parts/Empty";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { questionQuery } from "../questions";
import { creditMetric } from "./Credit";
import { Flow } from "./Flow";
import { drawn, ends } from "./stations";

const route = getRouteApi("/in/measure/attribution/$id");

export function CreditFlow({ run }: { run: Schemas["AttributionRun"] }) {
  const { t, f } = useWords();
  const { of = "conversions" } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useQuery(questionQuery({ metric: creditMetric(of), by: ["channel", "campaign"], where: { run: [run.id] }, currency: run.value.currency }));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const { nodes, links } = drawn(asked.data.rows, { none: t("attribution.noCampaign"), rest: t("attribution.otherCampaigns") });
  const { unit } = asked.data;
  return (
    <Card className="panel" title={t("attribution.flow")}>
      <Typography.Paragraph type="secondary">{t("attribution.flowWhat")}</Typography.Paragraph>
      {links.length === 0 ? (
        <Empty title={t("attribution.nothing")} what={t("attribution.nothingWhat")} />
      ) : (
        <Flow
          title={t("attribution.flow")}
          name="credit-flow"
          heads={{ from: t("attribution.channel"), to: t("attribution.campaign"), value: t(of === "value" ? "attribution.value" : "attribution.conversions") }}
          nodes={nodes}
          links={links}
          show={(value) => f.value(value, unit)}
          height={440}
          onPick={(link) => {
            const { channel, campaign } = ends(link);
            void navigate({ search: (old) => ({ ...old, channel, campaign, by: campaign ? ("day" as const) : ("campaign" as const) }), hash: "credit", resetScroll: false });
          }}
        />
      )}
    </Card>
  );
}
