/** Why people were not reached, as a picture of the ledger, and what came back, as the catalogue counts it. */
import { Link } from "@tanstack/react-router";
import { Card } from "antd";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { MetricChart } from "@/areas/measure/MetricChart";
import { Chart } from "@/parts/Chart";
import { Wall } from "@/parts/Fault";
import { useWords } from "@/words";

type Row = Schemas["LedgerCount"];
const FAILED: Schemas["SendState"][] = ["not_sent", "rejected", "uncertain"];
const ROW_PX = 36;

export function Failures({ campaign, rows }: { campaign: string; rows: Row[] }) {
  const { t, f, code } = useWords();
  const may = useMay();
  const failed = rows.filter((row) => FAILED.includes(row.state)).sort((a, b) => b.count - a.count);
  if (failed.length === 0) return null;
  const rejected = failed.find((row) => row.state === "rejected");
  const name = (row: Row) => (row.reason ? code("send.reason", row.reason) : code("send.state", row.state));
  return (
    <Card
      className="panel"
      title={t("failures.title")}
      extra={
        rejected && (
          <Link to="/campaigns/$id" params={{ id: campaign }} search={{ tab: "people", state: "rejected" }}>
            {t("failures.rejected", { n: rejected.count })}
          </Link>
        )
      }
    >
      <Chart
        title={t("failures.title")}
        name="failures"
        kind="rows"
        by={t("failures.cause")}
        categories={failed.map(name)}
        series={[{ name: t("campaign.count.people"), values: failed.map((row) => row.count) }]}
        show={(value) => f.number(value)}
        tick={(value) => f.compact(value)}
        height={Math.max(140, ROW_PX * failed.length + 40)}
      />
      {may("measure.read") && (
        <Wall>
          <MetricChart question={{ metric: "bounces", by: ["event"], order: "value-descending", where: { campaign: [campaign] } }} kind="rows" empty={null} />
        </Wall>
      )}
    </Card>
  );
}
