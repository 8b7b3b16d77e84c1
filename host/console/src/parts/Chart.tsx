/** A chart with the same numbers as a table beside it. Loaded when first needed; patterns beside colours. */
import { Button, Flex, Skeleton, Typography } from "antd";
import { lazy, Suspense } from "react";
import { useWords } from "@/words";
import type { Column } from "./columns";
import { DataTable } from "./DataTable";

const Plot = lazy(() => import("./Plot"));

export interface Series {
  name: string;
  /** In the order of the chart's categories. */
  values: (number | null)[];
}

export interface ChartProps {
  title: string;
  kind: "line" | "bar" | "rows";
  categories: string[];
  series: Series[];
  /** A value as people read it. */
  show: (value: number | null) => string;
  /** A value on the axis, short. */
  tick?: (value: number) => string;
  /** What the categories are called. */
  by: string;
  name: string;
  height?: number;
  /** Makes the categories of the table open what is under them. */
  onPick?: ((at: number) => void) | undefined;
  /** What happened at a category, marked in the picture; said in words elsewhere. */
  marks?: { at: number; text: string }[] | undefined;
}

interface Row {
  at: number;
  category: string;
}

export function Chart(props: ChartProps) {
  const { t } = useWords();
  const { title, categories, series, show, by, name, height = 280, onPick } = props;
  const rows: Row[] = categories.map((category, at) => ({ at, category }));
  const columns: Column<Row>[] = [
    { key: "category", title: by, cell: (row) => (onPick ? <Button type="link" size="small" className="pick" onClick={() => onPick(row.at)}>{row.category}</Button> : row.category), text: (row) => row.category },
    ...series.map((one) => ({
      key: one.name,
      title: one.name,
      align: "right" as const,
      cell: (row: Row) => show(one.values[row.at] ?? null),
      text: (row: Row) => one.values[row.at] ?? null,
    })),
  ];
  return (
    <div className="chart">
      <figure aria-label={t("chart.of", { title })} className="chart-figure">
        <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 6 }} />}>
          <Plot {...props} height={height} />
        </Suspense>
      </figure>
      <div className="chart-table">
        <Flex justify="space-between">
          <Typography.Text type="secondary">{t("chart.table")}</Typography.Text>
        </Flex>
        <div className="chart-rows" style={{ maxHeight: height }} tabIndex={0} role="group" aria-label={t("chart.table")}>
          <DataTable name={name} label={t("chart.tableOf", { title, by })} columns={columns} rows={rows} rowKey={(row) => String(row.at)} />
        </div>
      </div>
    </div>
  );
}
