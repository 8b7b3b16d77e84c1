/** Home: how things stand, in figures of the metrics catalogue; each opens what it means and what is under it. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Card, Segmented, Select, Typography } from "antd";
import { useState } from "react";
import { useMay } from "@/api/me";
import { Empty } from "@/parts/Empty";
import { Wall } from "@/parts/Fault";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { FigureCard } from "./FigureCard";
import { MetricChart } from "./MetricChart";
import { MetricDrawer } from "./MetricDrawer";
import { PERIODS, span, step, type Period } from "./period";
import { conversionsQuery, useEnd } from "./questions";

const route = getRouteApi("/in/");

/** What a marketer looks at first; everything else of the catalogue is a click away. */
const FIGURES = ["revenue", "orders", "average-order-value", "customers", "contacts", "sends", "open-rate", "click-rate", "redemptions", "conversion-rate", "spend", "roi"];

export function Home() {
  const { t, f } = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const period: Period = search.period ?? "365d";
  const [now] = useState(() => new Date());
  const end = useEnd();
  const conversions = useQuery(conversionsQuery);
  const conversion = search.conversion ?? conversions.data?.items[0]?.id;
  const over = end !== undefined && now.getTime() - end.getTime() > 3_600_000;
  const choose = (next: Period) => void navigate({ search: (old) => ({ ...old, period: next }) });
  const open = (metric: string) => void navigate({ search: (old) => ({ ...old, metric, by: undefined, where: undefined }) });

  return (
    <Page
      title={t("area.home")}
      lead={over ? t("home.until", { date: f.date(new Date(end.getTime() - 1).toISOString()) }) : t("home.lead")}
      help={["home.help.what", "home.help.figures", "home.help.change"]}
      actions={
        <>
        {(conversions.data?.items.length ?? 0) > 1 && (
          <Select
            aria-label={t("home.conversion")}
            title={t("home.conversion")}
            value={conversion}
            style={{ minWidth: 200 }}
            options={conversions.data?.items.map((one) => ({ value: one.id, label: one.name }))}
            onChange={(next) => void navigate({ search: (old) => ({ ...old, conversion: next }) })}
          />
        )}
        <Segmented<Period>
          aria-label={t("home.period")}
          value={period}
          onChange={choose}
          options={PERIODS.map((value) => ({ value, label: t(`home.period.${value}`) }))}
        />
        </>
      }
    >
      {!end ? (
        <Loading />
      ) : (
        <>
          <div className="figures">
            {FIGURES.map((metric) => (
              <Wall key={metric}>
                <FigureCard metric={metric} span={span(period, end)} conversion={conversion} onOpen={() => open(metric)} />
              </Wall>
            ))}
          </div>
          <Card className="panel">
            <Typography.Title level={2}>{t("home.revenue")}</Typography.Title>
            <MetricChart question={{ metric: "revenue", by: [step(period)], ...span(period, end) }} kind="line" empty={<NoOrders may={may("audience.write")} />} />
          </Card>
          <Card className="panel">
            <Typography.Title level={2}>{t("home.redemptions")}</Typography.Title>
            <MetricChart
              question={{ metric: "redemptions", by: ["campaign"], limit: 12, order: "value-descending", ...span(period, end) }}
              kind="rows"
              empty={<Empty title={t("home.noRedemptions")} what={t("home.noRedemptionsWhat")} />}
            />
          </Card>
          {search.metric && <MetricDrawer metric={search.metric} period={period} end={end} conversion={conversion} />}
        </>
      )}
    </Page>
  );
}

function NoOrders({ may }: { may: boolean }) {
  const { t } = useWords();
  const action = may ? <Link to="/audience/imports/new">{t("home.import")}</Link> : undefined;
  return <Empty title={t("home.noOrders")} what={t("home.noOrdersWhat")} action={action} />;
}
