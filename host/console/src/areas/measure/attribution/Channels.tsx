/** What every channel is credited: as a chart, and whole as a table. */
import { getRouteApi } from "@tanstack/react-router";
import { Button, Card } from "antd";
import type { Schemas } from "@/api/client";
import { Chart } from "@/parts/Chart";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";
import { minorUnits } from "@/words/format";
import { CreditOf } from "./CreditOf";

type Run = Schemas["AttributionRun"];
type Row = Schemas["AttributionChannel"];
const route = getRouteApi("/in/measure/attribution/$id");

export function Channels({ run }: { run: Run }) {
  const { t, f } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const of = search.of ?? "conversions";
  const money = of === "value";
  const { currency } = run.value;
  const pick = (channel: string) => void navigate({ search: (old) => ({ ...old, channel, campaign: undefined, by: "campaign" as const }), resetScroll: false });
  const columns: Column<Row>[] = [
    {
      key: "channel",
      title: t("attribution.channel"),
      text: (row) => row.channel,
      cell: (row) =>
        run.drillable ? (
          <Button type="link" size="small" className="pick" onClick={() => pick(row.channel)}>
            {row.channel}
          </Button>
        ) : (
          row.channel
        ),
    },
    { key: "conversions", title: t("attribution.conversions"), align: "right", text: (row) => row.conversions, cell: (row) => f.number(row.conversions) },
    { key: "share", title: t("attribution.share"), align: "right", text: (row) => row.share, cell: (row) => f.percent(row.share) },
    { key: "value", title: t("attribution.value"), align: "right", text: (row) => row.value_minor, cell: (row) => f.money(row.value_minor, currency) },
    { key: "valueShare", title: t("attribution.valueShare"), align: "right", text: (row) => row.value_share, cell: (row) => f.percent(row.value_share) },
    { key: "touches", title: t("attribution.touches"), align: "right", text: (row) => row.touches, cell: (row) => f.number(row.touches) },
    { key: "people", title: t("attribution.people"), align: "right", text: (row) => row.people, cell: (row) => f.number(row.people) },
  ];
  return (
    <Card
      className="panel"
      title={t("attribution.byChannel")}
      extra={<CreditOf value={of} onChange={(next) => void navigate({ search: (old) => ({ ...old, of: next }), resetScroll: false })} />}
    >
      {run.channels.length === 0 ? (
        <Empty title={t("attribution.nothing")} what={t("attribution.nothingWhat")} />
      ) : (
        <>
          <Chart
            title={t("attribution.byChannel")}
            name={`credit-channel-${of}`}
            kind="rows"
            by={t("attribution.channel")}
            categories={run.channels.map((one) => one.channel)}
            series={[{ name: t(money ? "attribution.value" : "attribution.conversions"), values: run.channels.map((one) => (money ? one.value_minor : one.conversions)) }]}
            show={(value) => (money ? f.money(value, currency) : f.number(value))}
            tick={(value) => f.compact(money ? value / minorUnits(currency) : value)}
            height={Math.max(160, 40 * run.channels.length)}
          />
          <DataTable name="credit-channels" label={t("attribution.byChannel")} columns={columns} rows={run.channels} rowKey={(row) => row.channel} />
        </>
      )}
    </Card>
  );
}
