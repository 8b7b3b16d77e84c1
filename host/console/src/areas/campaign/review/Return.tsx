/** Return on investment against plan, taken apart: what costs, people, rate and value each did to it. */
import { useQuery } from "@tanstack/react-query";
import { Alert, Card, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { Chart } from "@/parts/Chart";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";

type Answer = Schemas["RoiAnswer"];
type Side = Schemas["RoiSide"];

export function Return({ campaign, conversion }: { campaign: string; conversion: string | undefined }) {
  const { t } = useWords();
  const asked = useQuery({
    queryKey: ["campaigns", campaign, "roi", conversion],
    enabled: conversion !== undefined,
    queryFn: () => answer(api.GET("/api/v1/campaigns/{id}/roi", { params: { path: { id: campaign }, query: { conversion } } })),
  });
  if (conversion === undefined) return null;
  return (
    <Card className="panel" title={t("review.return")}>
      {asked.isError ? <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} /> : asked.data ? <Shown answer={asked.data} /> : <Loading />}
    </Card>
  );
}

interface Row {
  key: keyof Side;
  show: (value: number | null | undefined) => string;
}

function Shown({ answer: { plan, actual, parts, sentence, cannot, method, currency } }: { answer: Answer }) {
  const { t, f } = useWords();
  const money = (minor: number | null | undefined) => f.money(minor === null || minor === undefined ? null : Math.round(minor), currency);
  const rows: Row[] = [
    { key: "cost_minor", show: money },
    { key: "people", show: f.number },
    { key: "conversion_rate", show: f.percent },
    { key: "value_per_person", show: money },
    { key: "value_minor", show: money },
    { key: "roi", show: f.percent },
  ];
  const columns: Column<Row>[] = [
    { key: "what", title: t("review.what"), text: (row) => t(`review.side.${row.key}`), cell: (row) => t(`review.side.${row.key}`) },
    { key: "plan", title: t("review.plan"), align: "right", text: (row) => plan[row.key], cell: (row) => row.show(plan[row.key]) },
    { key: "actual", title: t("review.actual"), align: "right", text: (row) => actual[row.key], cell: (row) => row.show(actual[row.key]) },
  ];
  const taken = parts ? ([["cost", parts.cost], ["volume", parts.volume], ["rate", parts.rate], ["price", parts.price]] as const).flatMap(([name, part]) => (part ? [{ name, points: part.points }] : [])) : [];
  return (
    <>
      {sentence && <Alert className="banner" type="info" title={t("lift.sentence")} description={<span className="plain sentence">{sentence}</span>} showIcon />}
      {cannot.length > 0 && (
        <Alert
          className="banner"
          type="warning"
          showIcon
          title={t("review.cannot")}
          description={
            <ul>
              {cannot.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          }
        />
      )}
      <DataTable name="roi" label={t("review.return")} columns={columns} rows={rows} rowKey={(row) => row.key} />
      {taken.length > 0 && (
        <>
          <Typography.Title level={2} className="section">
            {t("review.parts")}
          </Typography.Title>
          <Chart
            title={t("review.parts")}
            name="roi-parts"
            kind="rows"
            by={t("review.what")}
            categories={taken.map((one) => t(`review.part.${one.name}`))}
            series={[{ name: t("review.points"), values: taken.map((one) => one.points) }]}
            show={(value) => f.number(value)}
            tick={(value) => f.compact(value)}
            height={200}
          />
        </>
      )}
      <Typography.Paragraph type="secondary" className="small">
        {method}
      </Typography.Paragraph>
    </>
  );
}
