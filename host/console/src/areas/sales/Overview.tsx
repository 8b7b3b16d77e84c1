/** How much was sold: everything there is of products and orders, and a metric of the catalogue over time and by part. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Card, Flex, Segmented, Select, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { MetricChart } from "@/areas/measure/MetricChart";
import { PERIODS, span, step, type Period } from "@/areas/measure/period";
import { catalogueQuery, useEnd } from "@/areas/measure/questions";
import { Empty } from "@/parts/Empty";
import { Wall } from "@/parts/Fault";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { Bring } from "./Bring";
import { totalsQuery } from "./questions";
import { GROUPS, MEASURES } from "./routes";
import { SalesTabs } from "./SalesTabs";

const route = getRouteApi("/in/sales");
const ROWS_SHOWN = 12;

export function Overview() {
  const { t } = useWords();
  const totals = useQuery(totalsQuery);
  return (
    <Page title={t("area.sales")} lead={t("sales.lead")} help={["sales.help.what", "sales.help.sum", "sales.help.metrics"]} actions={<Bring kind="orders" />}>
      <SalesTabs at="overview" />
      {totals.isError && <ProblemAlert error={totals.error} onRetry={() => void totals.refetch()} />}
      {totals.isPending && <Loading />}
      {totals.data && <Totals totals={totals.data} />}
      {useMay()("measure.read") && <Measured />}
    </Page>
  );
}

const LINKS = { products: "/sales/products", orders: "/sales/orders", redemptions: "/sales/redemptions", sales_channels: "/sales/channels", offer_products: "/sales/offers" } as const;
const COUNTS = ["orders", "lines", "products", "offer_products", "redemptions", "sales_channels", "placements"] as const;

function Totals({ totals }: { totals: Schemas["SalesTotals"] }) {
  const { t, f } = useWords();
  const agree = totals.orders_minor === totals.lines_minor;
  return (
    <section aria-label={t("sales.totals")}>
      <dl className="figures totals">
        {COUNTS.map((key) => (
          <div key={key} className="figure-card total">
            <dt>{key in LINKS ? <Link to={LINKS[key as keyof typeof LINKS]}>{t(`sales.total.${key}`)}</Link> : t(`sales.total.${key}`)}</dt>
            <dd className="figure-value">{f.number(totals[key])}</dd>
          </div>
        ))}
      </dl>
      {totals.orders > 0 && (
        <Alert
          className="banner"
          showIcon
          type={agree ? "success" : "error"}
          title={agree ? t("sales.agree") : t("sales.disagree", { orders: totals.orders_minor, lines: totals.lines_minor })}
        />
      )}
    </section>
  );
}

function Measured() {
  const { t } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const catalogue = useQuery(catalogueQuery);
  const end = useEnd();
  const { period = "365d", metric = "revenue", by = "department" } = search;
  if (!end || !catalogue.data) return <Loading />;
  const known = catalogue.data.items.find((one) => one.name === metric);
  const groups = GROUPS.flatMap((name) => known?.dimensions.filter((one) => one.name === name) ?? []);
  const when = span(period, end);
  const empty = <Empty title={t("sales.nothingSold")} what={t("sales.nothingSoldWhat")} action={<Bring kind="orders" />} />;
  return (
    <>
      <Flex gap={8} wrap className="table-tools">
        <Select
          aria-label={t("campaign.metric")}
          value={metric}
          style={{ width: 220 }}
          options={MEASURES.flatMap((name) => catalogue.data.items.filter((one) => one.name === name)).map((one) => ({ value: one.name, label: one.title }))}
          onChange={(next) => void navigate({ search: (old) => ({ ...old, metric: MEASURES.find((one) => one === next) }) })}
        />
        <Segmented<Period>
          aria-label={t("home.period")}
          value={period}
          options={PERIODS.map((value) => ({ value, label: t(`home.period.${value}`) }))}
          onChange={(next) => void navigate({ search: (old) => ({ ...old, period: next }) })}
        />
      </Flex>
      {known && <Typography.Paragraph type="secondary">{known.definition}</Typography.Paragraph>}
      <Wall>
        <Card className="panel" title={t("sales.overTime", { metric: known?.title ?? metric })}>
          <MetricChart question={{ metric, by: [step(period)], ...when }} kind="line" empty={empty} />
        </Card>
      </Wall>
      <Wall>
        <Card
          className="panel"
          title={t("sales.byPart", { metric: known?.title ?? metric })}
          extra={
            <Select
              aria-label={t("sales.by")}
              value={by}
              style={{ width: 180 }}
              options={groups.map((one) => ({ value: one.name, label: one.title }))}
              onChange={(next) => void navigate({ search: (old) => ({ ...old, by: GROUPS.find((one) => one === next) }) })}
            />
          }
        >
          <MetricChart question={{ metric, by: [by], limit: ROWS_SHOWN, order: "value-descending", ...when }} kind="rows" empty={empty} />
        </Card>
      </Wall>
    </>
  );
}
