/** How the ranking did: what share of those who redeemed were among its best, beside past spend and a draw by lot. */
import { useQuery } from "@tanstack/react-query";
import { Alert, Card } from "antd";
import type { Schemas } from "@/api/client";
import { Chart } from "@/parts/Chart";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { gainsQuery } from "../questions";

type GainsRanking = Schemas["GainsRanking"];

export function GainsShown({ campaign, recommendation }: { campaign: string; recommendation: string }) {
  const { t, f, code, language } = useWords();
  const asked = useQuery(gainsQuery(campaign, recommendation));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const { state, rankings, sentence } = asked.data;
  const points = rankings[0]?.points ?? [];
  const columns: Column<GainsRanking>[] = [
    { key: "by", title: t("gains.ranking"), text: (row) => code("gains.by", row.by), cell: (row) => code("gains.by", row.by) },
    { key: "ranked", title: t("gains.ranked"), text: (row) => row.ranked, cell: (row) => f.number(row.ranked), align: "right" },
    { key: "gini", title: t("gains.gini"), text: (row) => row.gini, cell: (row) => f.number(row.gini), align: "right" },
    { key: "as", title: t("gains.asOf"), text: (row) => row.as_of, cell: (row) => f.time(row.as_of) },
  ];
  return (
    <>
      <Alert className="banner" type={state === "known" ? "success" : "info"} showIcon title={sentence[language]} />
      {points.length > 0 && (
        <Card className="panel" title={t("gains.title")}>
          <Chart
            title={t("gains.title")}
            name="gains"
            kind="line"
            by={t("gains.top")}
            categories={points.map((one) => f.percent(one.top_percent / 100))}
            series={[
              ...rankings.map((one) => ({ name: code("gains.by", one.by), values: one.points.map((point) => point.share) })),
              { name: t("gains.by.lot"), values: points.map((point) => point.top_percent / 100) },
            ]}
            show={f.percent}
            tick={f.percent}
          />
        </Card>
      )}
      {rankings.length > 0 && <DataTable<GainsRanking> name="gains-rankings" label={t("gains.ranking")} columns={columns} rows={rankings} rowKey={(row) => row.by} />}
    </>
  );
}
