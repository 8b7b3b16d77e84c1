/** Rows that are all here: sorted by a click (the address keeps it), exported, virtual where they are many. */
import { DownloadOutlined } from "@ant-design/icons";
import { Button, Flex, Table } from "antd";
import { useEffect, useRef, type ReactNode } from "react";
import { useWords } from "@/words";
import { ColumnChoice, useColumns, type Column } from "./columns";
import { csv, download, type Cell } from "./csv";

/** From so many rows on only those in sight are drawn. */
const VIRTUAL_FROM = 200;

interface Props<Row> {
  /** Its name: of the file, and under which chosen columns are remembered. */
  name: string;
  /** What the table holds, for screen readers. */
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** `key` or `-key`. */
  sort?: string | undefined;
  onSort?: (sort: string | undefined) => void;
  loading?: boolean;
  empty?: ReactNode;
  tools?: ReactNode;
  /** Instead of exporting the rows at hand; null where nothing may be exported. */
  onExport?: (() => void) | null;
  bare?: boolean;
}

export function DataTable<Row extends object>(props: Props<Row>) {
  const { name, label, columns, rows, rowKey, sort, onSort, loading, empty, tools, onExport, bare } = props;
  const { t } = useWords();
  const { visible, choose } = useColumns(name, columns);
  const by = sort?.replace(/^-/, "");
  const shown = sorted(rows, columns.find((one) => one.key === by), sort?.startsWith("-") ?? false);
  const many = shown.length >= VIRTUAL_FROM;
  const box = useRef<HTMLElement>(null);
  // A table wider than its place is scrolled by keyboard, too.
  useEffect(() => {
    const parts = [...(box.current?.querySelectorAll<HTMLElement>(".ant-table-content, .ant-table-body") ?? [])];
    const reach = () => {
      for (const part of parts) {
        if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
        else part.removeAttribute("tabindex");
      }
    };
    reach();
    // Fonts that come late and windows that change make a table wider than its place, too.
    const watch = new ResizeObserver(reach);
    for (const part of parts) {
      watch.observe(part);
      if (part.firstElementChild) watch.observe(part.firstElementChild);
    }
    return () => watch.disconnect();
  });
  const told = columns.filter((one) => !one.action);
  const save = () => download(`${name}.csv`, csv(told.map((one) => one.title), shown.map((row) => told.map((one) => one.text(row)))));
  return (
    <section aria-label={label} className="data-table" ref={box}>
      {!bare && (
        <Flex justify="space-between" gap={8} wrap className="table-tools">
          <Flex gap={8} wrap>
            {tools}
          </Flex>
          <Flex gap={8}>
            <ColumnChoice columns={columns} visible={visible} choose={choose} />
            {onExport !== null && (
              <Button size="small" icon={<DownloadOutlined />} onClick={onExport ?? save} disabled={rows.length === 0}>
                {t("table.export")}
              </Button>
            )}
          </Flex>
        </Flex>
      )}
      <Table<Row>
        size="middle"
        rowKey={rowKey}
        dataSource={shown}
        loading={loading}
        pagination={false}
        virtual={many}
        scroll={many ? { x: visible.length * 160, y: 560 } : { x: true }}
        locale={empty ? { emptyText: loading ? " " : empty } : {}}
        columns={visible.map((one) => ({
          key: one.key,
          title: one.title,
          align: one.align,
          className: one.action ? "act" : one.align === "right" ? "number" : "",
          width: one.width,
          render: (_: unknown, row: Row) => one.cell(row),
          ...(onSort && !one.action && {
            sorter: true,
            sortOrder: by === one.key ? (sort?.startsWith("-") ? ("descend" as const) : ("ascend" as const)) : null,
          }),
        }))}
        onChange={(_pages, _filters, order) => {
          const one = Array.isArray(order) ? order[0] : order;
          if (!onSort || !one) return;
          onSort(one.order ? `${one.order === "descend" ? "-" : ""}${String(one.columnKey)}` : undefined);
        }}
      />
    </section>
  );
}

function sorted<Row>(rows: Row[], column: Column<Row> | undefined, down: boolean): Row[] {
  if (!column) return rows;
  const order = [...rows].sort((a, b) => compare(column.text(a), column.text(b)));
  return down ? order.reverse() : order;
}

/** Numbers by size, texts as their language orders them, nothing last. */
export function compare(a: Cell, b: Cell): number {
  if (a === b) return 0;
  if (a === null || a === undefined || a === "") return 1;
  if (b === null || b === undefined || b === "") return -1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}
