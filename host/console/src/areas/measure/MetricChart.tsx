/** A metric over one dimension, as chart and table. */
import { useQuery } from "@tanstack/react-query";
import { Typography } from "antd";
import type { ReactNode } from "react";
import { Chart, type ChartProps } from "@/parts/Chart";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { minorUnits } from "@/words/format";
import { daysOf } from "./days";
import { categoryAt } from "./period";
import { catalogueQuery, questionQuery, type Question } from "./questions";

interface Props {
  question: Question;
  kind: ChartProps["kind"];
  empty: ReactNode;
  onPick?: ((key: string, label: string) => void) | undefined;
  /** What the other span is called, where one is compared with. */
  compared?: string | undefined;
  /** What happened, by instant, for charts over time. */
  marks?: { at: string; text: string }[] | undefined;
}

export function MetricChart({ question, kind, empty, onPick, compared, marks }: Props) {
  const { t, f } = useWords();
  const asked = useQuery(questionQuery(question));
  const catalogue = useQuery(catalogueQuery);
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data || !catalogue.data) return <Loading />;
  const { rows, unit, title, truncated, by } = asked.data;
  if (rows.length === 0) return empty;
  const metric = catalogue.data.items.find((one) => one.name === question.metric);
  const dimension = metric?.dimensions.find((one) => one.name === by[0])?.title ?? by[0] ?? "";
  const labels = rows.map((row) => row.labels[0] || t("home.unnamed"));
  const series = [{ name: title, values: rows.map((row) => row.value ?? null) }];
  if (rows.some((row) => row.compared !== undefined && row.compared !== null)) {
    series.push({ name: compared ?? t("home.compared"), values: rows.map((row) => row.compared ?? null) });
  }
  const keys = rows.map((row) => row.keys[0] ?? "");
  const marked = marks && marksAt(marks, (at) => categoryAt(daysOf({ start: at }, f.zone).from ?? "", by[0] ?? "", keys));
  const money = unit.startsWith("money:");
  return (
    <>
      <Chart
        title={title}
        name={`${question.metric}-${by.join("-")}`}
        kind={kind}
        by={dimension}
        categories={labels}
        series={series}
        show={(value) => f.value(value, unit)}
        tick={(value) => (unit === "ratio" ? f.percent(value) : f.compact(money ? value / minorUnits(unit.slice("money:".length)) : value))}
        marks={marked}
        onPick={onPick && ((at) => onPick(rows[at]?.keys[0] ?? "", labels[at] ?? ""))}
        height={kind === "rows" ? Math.max(160, 32 * Math.min(rows.length, 20)) : 280}
      />
      {truncated && <Typography.Text type="secondary">{t("home.truncated", { n: rows.length })}</Typography.Text>}
    </>
  );
}

/** Marks by category: several at one place share its line. */
function marksAt(marks: NonNullable<Props["marks"]>, place: (at: string) => number | undefined): { at: number; text: string }[] {
  const texts = new Map<number, string[]>();
  for (const { at, text } of marks) {
    const category = place(at);
    if (category !== undefined) texts.set(category, [...(texts.get(category) ?? []), text]);
  }
  return [...texts].map(([at, all]) => ({ at, text: all.join(" · ") }));
}
