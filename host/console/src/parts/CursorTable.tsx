/** A list of the API, a page at a time: the cursor and every filter stand in the address, so links and "back" work. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { App, Button, Flex, Select, Typography } from "antd";
import { useRef, useState, type ReactNode } from "react";
import { useWords } from "@/words";
import { csv, download, fetchFile } from "./csv";
import { DataTable } from "./DataTable";
import type { Column } from "./columns";
import { ProblemAlert } from "./ProblemAlert";

/** Rows of one exported file, and rows asked for at a time. */
const EXPORT_ROWS_MAX = 100_000;
const EXPORT_PAGE = 500;
const SIZES = [25, 50, 100, 500];

export interface PageOf<Row> {
  items: Row[];
  next?: string | null;
}

export interface Cursor {
  cursor?: string | undefined;
  size?: number | undefined;
}

interface Props<Row> {
  name: string;
  label: string;
  columns: Column<Row>[];
  rowKey: (row: Row) => string;
  /** Path and filters: what makes it another list. */
  of: readonly unknown[];
  page: (cursor: string | undefined, limit: number) => Promise<PageOf<Row>>;
  at: Cursor;
  onMove: (at: Cursor) => void;
  /** Where there is nothing at all. */
  empty: ReactNode;
  tools?: ReactNode;
  refresh?: number;
  /** Where a page is dear: other sizes to choose from, and fewer rows at a time for the file. */
  sizes?: number[];
  exportPage?: number;
  /** Where the host itself writes the whole list as a file; null where this person may not take it away. */
  file?: string | null;
}

export function CursorTable<Row extends object>(props: Props<Row>) {
  const { name, label, columns, rowKey, of, page, at, onMove, empty, tools, refresh, sizes = SIZES, exportPage = EXPORT_PAGE, file } = props;
  const { t } = useWords();
  const size = at.size ?? 50;
  const list = useQuery({
    queryKey: [...of, "page", at.cursor, size],
    queryFn: () => page(at.cursor, size),
    placeholderData: keepPreviousData,
    refetchInterval: refresh ?? false,
  });
  const exporting = useExport(name, columns, page, exportPage);
  if (list.isError) return <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />;
  const rows = list.data?.items ?? [];
  const next = list.data?.next ?? undefined;
  return (
    <>
      <DataTable
        name={name}
        label={label}
        columns={columns}
        rows={rows}
        rowKey={rowKey}
        loading={list.isPending || list.isPlaceholderData}
        empty={empty}
        onExport={file === null ? null : file ? () => fetchFile(file) : exporting.start}
        tools={
          <>
            {tools}
            {exporting.rows !== undefined && (
              <Flex gap={8} align="center" role="status">
                {t("table.exporting", { n: exporting.rows })}
                <Button size="small" onClick={exporting.stop}>
                  {t("table.exportStop")}
                </Button>
              </Flex>
            )}
          </>
        }
      />
      {(next || at.cursor || rows.length > 25) && (
        <Flex justify="flex-end" align="center" gap={8} wrap className="pager">
          <Typography.Text type="secondary">{t("table.shown", { n: rows.length })}</Typography.Text>
          <Select
            size="small"
            aria-label={t("table.size")}
            value={size}
            options={sizes.map((value) => ({ value, label: String(value) }))}
            onChange={(value) => onMove({ size: value, cursor: undefined })}
          />
          <Button size="small" disabled={!at.cursor} onClick={() => onMove({ size: at.size, cursor: undefined })}>
            {t("table.first")}
          </Button>
          <Button size="small" disabled={!next} onClick={() => onMove({ size: at.size, cursor: next })}>
            {t("table.next")}
          </Button>
        </Flex>
      )}
    </>
  );
}

/** Every page of the list into one file, until it ends, is stopped, or is as long as files may be. */
function useExport<Row>(name: string, columns: Column<Row>[], page: Props<Row>["page"], rowsAtATime: number) {
  const { t } = useWords();
  const { message, notification } = App.useApp();
  const [rows, setRows] = useState<number>();
  const stopped = useRef(false);

  async function start() {
    stopped.current = false;
    const all: Row[] = [];
    let cursor: string | undefined;
    setRows(0);
    try {
      do {
        const one = await page(cursor, rowsAtATime);
        all.push(...one.items);
        cursor = one.next ?? undefined;
        setRows(all.length);
      } while (cursor && all.length < EXPORT_ROWS_MAX && !stopped.current);
      if (stopped.current) return;
      const told = columns.filter((one) => !one.action);
      download(`${name}.csv`, csv(told.map((one) => one.title), all.map((row) => told.map((one) => one.text(row)))));
      if (cursor) void message.info(t("table.exportCut", { n: all.length }));
    } catch (error) {
      notification.error({ title: t("error.title"), description: <ProblemAlert error={error} /> });
    } finally {
      setRows(undefined);
    }
  }

  const stop = () => {
    stopped.current = true;
  };
  return { rows, start: () => void start(), stop };
}
