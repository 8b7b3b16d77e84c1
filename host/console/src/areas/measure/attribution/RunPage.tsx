/** One attribution run: what it was asked, what every channel is credited, the way down, and its receipt. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Card, Descriptions, Flex, Progress } from "antd";
import type { Schemas } from "@/api/client";
import { Wall } from "@/parts/Fault";
import { LinkButton } from "@/parts/LinkButton";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { MeasureTabs } from "../MeasureTabs";
import { attributionRunQuery, underWay } from "../questions";
import { ReceiptCard } from "../receipts/ReceiptCard";
import { lastOf, RunState, useNames } from "../runs";
import { Channels } from "./Channels";
import { Credit } from "./Credit";
import { CreditFlow } from "./CreditFlow";
import { Paths } from "./Paths";

type Run = Schemas["AttributionRun"];
const route = getRouteApi("/in/measure/attribution/$id");

export function RunPage() {
  const { id } = route.useParams();
  const asked = useQuery(attributionRunQuery(id));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Loaded run={asked.data} />;
}

function Loaded({ run }: { run: Run }) {
  const { t, f, code } = useWords();
  const names = useNames();
  return (
    <Page
      title={code("attribution.model", run.model)}
      lead={
        <Flex gap={12} wrap align="center">
          <RunState state={run.state} />
          <span>{t("attribution.fromUntil", { from: f.date(run.start), until: f.date(lastOf(run.end)) })}</span>
          <span>{names.conversion(run.conversion)}</span>
        </Flex>
      }
      help={["attribution.help.what", "attribution.help.flow", "attribution.help.untouched", "receipt.help"]}
      actions={<LinkButton to="/measure/attribution" search={{ runs: run.id }}>{t("attribution.compareOne")}</LinkButton>}
    >
      <MeasureTabs at="attribution" />
      {underWay(run.state) && (
        <div role="status">
          <Alert className="banner" type="info" showIcon title={t("attribution.working")} />
          <Progress percent={100} status="active" showInfo={false} aria-label={t("attribution.working")} />
        </div>
      )}
      {run.error && <Alert className="banner" type="error" showIcon title={t("run.failed")} description={<span className="plain">{run.error}</span>} />}
      {run.state === "finished" && (
        <>
          <Facts run={run} />
          <Wall>
            <Channels run={run} />
          </Wall>
          <Wall>
            <Paths run={run} />
          </Wall>
          {run.drillable ? (
            <>
              <Wall>
                <CreditFlow run={run} />
              </Wall>
              <Wall>
                <Credit run={run} />
              </Wall>
            </>
          ) : (
            <Alert className="banner" type="info" showIcon title={t("attribution.notDrillable")} description={t("attribution.notDrillableWhat")} />
          )}
          <ReceiptCard of="attribution-runs" id={run.id} />
        </>
      )}
    </Page>
  );
}

function Facts({ run }: { run: Run }) {
  const { t, f } = useWords();
  const names = useNames();
  const settings = Object.entries(run.settings as Record<string, unknown>);
  return (
    <Card className="panel">
      <Descriptions
        column={{ xs: 1, lg: 2 }}
        size="small"
        items={[
          { key: "conversions", label: t("attribution.conversions"), children: f.number(run.conversions) },
          { key: "value", label: t("attribution.value"), children: f.money(run.value.minor, run.value.currency) },
          { key: "untouched", label: t("attribution.untouched"), children: t("attribution.untouchedIs", { n: run.untouched, value: f.money(run.untouched_value.minor, run.untouched_value.currency) }) },
          { key: "paths", label: t("attribution.paths"), children: t("attribution.pathsIs", { paths: run.paths, touches: run.touches }) },
          {
            key: "campaign",
            label: t("attribution.campaign"),
            children: run.campaign ? (
              <Link to="/campaigns/$id" params={{ id: run.campaign }}>
                {names.campaign(run.campaign)}
              </Link>
            ) : (
              t("attribution.allCampaigns")
            ),
          },
          {
            key: "installation",
            label: t("attribution.plugin"),
            children: (
              <Link to="/plugins/$id" params={{ id: run.installation }}>
                {t("attribution.pluginOpen")}
              </Link>
            ),
          },
          { key: "settings", label: t("attribution.settings"), span: "filled", children: <span className="mono">{settings.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join("  ") || "—"}</span> },
        ]}
      />
    </Card>
  );
}
