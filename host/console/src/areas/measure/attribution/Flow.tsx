/** A flow from station to station as a Sankey picture with the same links as a table beside it. Loaded when first needed. */
import { Button, Skeleton, Typography } from "antd";
import { lazy, Suspense } from "react";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { useWords } from "@/words";

const FlowPlot = lazy(() => import("./FlowPlot"));

export interface FlowNode {
  /** One of a kind in the picture. */
  id: string;
  label: string;
  /** Which station, from the left. */
  depth: number;
  /** Stations of one tone have one colour. */
  tone?: string;
}

export interface FlowLink {
  from: string;
  to: string;
  value: number;
}

export interface FlowProps {
  title: string;
  name: string;
  /** What the two ends of a link are called. */
  heads: { from: string; to: string; value: string };
  nodes: FlowNode[];
  links: FlowLink[];
  show: (value: number) => string;
  height: number;
  onPick?: ((link: FlowLink) => void) | undefined;
}

export function Flow(props: FlowProps) {
  const { t } = useWords();
  const { title, name, heads, nodes, links, show, height, onPick } = props;
  const label = (id: string) => nodes.find((one) => one.id === id)?.label ?? id;
  const columns: Column<FlowLink>[] = [
    { key: "from", title: heads.from, text: (row) => label(row.from), cell: (row) => <bdi>{label(row.from)}</bdi> },
    {
      key: "to",
      title: heads.to,
      text: (row) => label(row.to),
      cell: (row) =>
        onPick ? (
          <Button type="link" size="small" className="pick" onClick={() => onPick(row)}>
            <bdi>{label(row.to)}</bdi>
          </Button>
        ) : (
          <bdi>{label(row.to)}</bdi>
        ),
    },
    { key: "value", title: heads.value, align: "right", text: (row) => row.value, cell: (row) => show(row.value) },
  ];
  return (
    <div className="chart">
      <figure aria-label={t("chart.of", { title })} className="chart-figure">
        <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 8 }} />}>
          <FlowPlot {...props} />
        </Suspense>
      </figure>
      <div className="chart-table">
        <Typography.Text type="secondary">{t("chart.table")}</Typography.Text>
        <div className="chart-rows" style={{ maxHeight: height }} tabIndex={0} role="group" aria-label={t("chart.table")}>
          <DataTable name={name} label={t("chart.tableOf", { title, by: `${heads.from} – ${heads.to}` })} columns={columns} rows={links} rowKey={(row) => `${row.from} ${row.to}`} />
        </div>
      </div>
    </div>
  );
}
