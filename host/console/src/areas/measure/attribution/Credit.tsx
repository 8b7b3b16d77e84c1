/** The credit rows themselves, from channel to campaign to day; each step stands in the address. */
import { getRouteApi, Link } from "@tanstack/react-router";
import { Card, Flex, Segmented, Tag } from "antd";
import type { Schemas } from "@/api/client";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";
import { CREDIT_BY } from "../measureRoutes";
import { MetricChart } from "../MetricChart";
import { useNames } from "../runs";

const route = getRouteApi("/in/measure/attribution/$id");

/** Credit is a metric of the catalogue like any other. */
export const creditMetric = (of: "conversions" | "value") => (of === "value" ? "attributed-revenue" : "attributed-conversions");

export function Credit({ run }: { run: Schemas["AttributionRun"] }) {
  const { t } = useWords();
  const names = useNames();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { by = "campaign", of = "conversions", channel, campaign } = search;
  const where = { run: [run.id], ...(channel && { channel: [channel] }), ...(campaign && { campaign: [campaign] }) };
  const pick = (key: string) => {
    if (by === "day") return;
    const next = by === "channel" ? { channel: key, by: campaign ? ("day" as const) : ("campaign" as const) } : { campaign: key, by: "day" as const };
    void navigate({ search: (old) => ({ ...old, ...next }), resetScroll: false });
  };
  return (
    <Card
      className="panel"
      id="credit"
      title={t("attribution.rows")}
      extra={
        <Segmented
          aria-label={t("attribution.rowsBy")}
          value={by}
          options={CREDIT_BY.map((value) => ({ value, label: t(`attribution.by.${value}`) }))}
          onChange={(next) => void navigate({ search: (old) => ({ ...old, by: next }), resetScroll: false })}
        />
      }
    >
      {(channel ?? campaign) && (
        <Flex gap={8} wrap className="table-tools">
          {channel && (
            <Tag closable onClose={() => void navigate({ search: (old) => ({ ...old, channel: undefined }), resetScroll: false })}>
              {t("attribution.isChannel", { channel })}
            </Tag>
          )}
          {campaign && (
            <Tag closable onClose={() => void navigate({ search: (old) => ({ ...old, campaign: undefined }), resetScroll: false })}>
              <Link to="/campaigns/$id" params={{ id: campaign }}>
                {names.campaign(campaign)}
              </Link>
            </Tag>
          )}
        </Flex>
      )}
      <MetricChart
        question={{ metric: creditMetric(of), by: [by], where, currency: run.value.currency, ...(by !== "day" && { order: "value-descending", limit: 100 }) }}
        kind={by === "day" ? "line" : "rows"}
        empty={<Empty title={t("attribution.nothing")} what={t("attribution.nothingHere")} />}
        onPick={by === "day" ? undefined : pick}
      />
    </Card>
  );
}
