/** What is kept of every run: its entries and host calls by digest, with their cost. */
import { Card, Typography } from "antd";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";
import type { RecordedCall, RecordedEntry, RunRecord } from "../shapes";

type Numbered<T> = T & { at: number };
const numbered = <T,>(items: T[] | undefined): Numbered<T>[] => (items ?? []).map((one, at) => ({ ...one, at: at + 1 }));

export function Record({ record }: { record: Partial<RunRecord> }) {
  const { t } = useWords();
  return (
    <Card className="panel" title={t("plugin.record")}>
      <Typography.Title level={2}>{t("run.entries")}</Typography.Title>
      <Entries rows={numbered(record.entries)} />
      <Typography.Title level={2} className="section">
        {t("run.calls")}
      </Typography.Title>
      <Calls rows={numbered(record.calls)} />
    </Card>
  );
}

function Entries({ rows }: { rows: Numbered<RecordedEntry>[] }) {
  const { t, f } = useWords();
  const columns: Column<Numbered<RecordedEntry>>[] = [
    { key: "at", title: t("run.number"), text: (row) => row.at, cell: (row) => row.at },
    { key: "name", title: t("run.entry"), text: (row) => row.name, cell: (row) => <span className="mono">{row.name}</span> },
    { key: "in", title: t("run.bytesIn"), text: (row) => row.input_bytes, cell: (row) => f.bytes(row.input_bytes), align: "right" },
    { key: "out", title: t("run.bytesOut"), text: (row) => row.output_bytes, cell: (row) => f.bytes(row.output_bytes), align: "right" },
    { key: "cpu", title: t("plugin.cpu"), text: (row) => row.cpu_us, cell: (row) => f.took(row.cpu_us), align: "right" },
    { key: "wall", title: t("plugin.wall"), text: (row) => row.wall_us, cell: (row) => f.took(row.wall_us), align: "right" },
    { key: "error", title: t("plugin.error"), text: (row) => row.error ?? "", cell: (row) => row.error ?? "—" },
    { key: "input", title: t("run.inputDigest"), text: (row) => row.input, cell: (row) => <span className="mono">{row.input}</span>, hidden: true },
    { key: "output", title: t("run.outputDigest"), text: (row) => row.output ?? "", cell: (row) => <span className="mono">{row.output ?? "—"}</span>, hidden: true },
  ];
  return <DataTable<Numbered<RecordedEntry>> name="run-entries" label={t("run.entries")} columns={columns} rows={rows} rowKey={(row) => String(row.at)} />;
}

function Calls({ rows }: { rows: Numbered<RecordedCall>[] }) {
  const { t, f, code } = useWords();
  const columns: Column<Numbered<RecordedCall>>[] = [
    { key: "at", title: t("run.number"), text: (row) => row.at, cell: (row) => row.at },
    { key: "capability", title: t("run.capability"), text: (row) => row.capability, cell: (row) => code("permission", row.capability) },
    { key: "asked", title: t("run.bytesAsked"), text: (row) => row.call_bytes, cell: (row) => f.bytes(row.call_bytes), align: "right" },
    { key: "answered", title: t("run.bytesAnswered"), text: (row) => row.answer_bytes, cell: (row) => f.bytes(row.answer_bytes), align: "right" },
    { key: "wall", title: t("plugin.wall"), text: (row) => row.wall_us, cell: (row) => f.took(row.wall_us), align: "right" },
    { key: "call", title: t("run.inputDigest"), text: (row) => row.call, cell: (row) => <span className="mono">{row.call}</span>, hidden: true },
    { key: "answer", title: t("run.outputDigest"), text: (row) => row.answer, cell: (row) => <span className="mono">{row.answer}</span>, hidden: true },
  ];
  if (rows.length === 0) return <Empty title={t("run.noCalls")} what={t("run.noCallsWhat")} />;
  return (
    <DataTable<Numbered<RecordedCall>>
      name="run-calls"
      label={t("run.calls")}
      columns={columns}
      rows={rows}
      rowKey={(row) => String(row.at)}
    />
  );
}
