/** What a column is, and choosing which ones to see. */
import { SettingOutlined } from "@ant-design/icons";
import { Button, Checkbox, Flex, Popover } from "antd";
import type { ReactNode } from "react";
import { useKept } from "@/frame/preferences";
import { useWords } from "@/words";
import type { Cell } from "./csv";

export interface Column<Row> {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** The cell as plain text or a number: for CSV and for sorting. */
  text: (row: Row) => Cell;
  align?: "right";
  width?: number;
  /** Not shown until somebody chooses it. */
  hidden?: boolean;
  /** Holds buttons: neither sorted nor exported. */
  action?: true;
}

/** The columns to see, remembered for this table in this browser. */
export function useColumns<Row>(table: string, columns: Column<Row>[]) {
  const [kept, keep] = useKept(`columns.${table}`);
  const chosen = kept === null ? columns.filter((one) => !one.hidden).map((one) => one.key) : kept.split(",");
  const visible = columns.filter((one) => chosen.includes(one.key));
  // A table that lost every column (an old choice) shows all of them again.
  return { visible: visible.length > 0 ? visible : columns, choose: (keys: string[]) => keep(keys.join(",")) };
}

export function ColumnChoice<Row>({ columns, visible, choose }: { columns: Column<Row>[]; visible: Column<Row>[]; choose: (keys: string[]) => void }) {
  const { t } = useWords();
  const shown = visible.map((one) => one.key);
  const boxes = (
    <Checkbox.Group value={shown} onChange={(keys) => keys.length > 0 && choose(keys)}>
      <Flex vertical gap={6}>
        {columns.map((one) => (
          <Checkbox key={one.key} value={one.key}>
            {one.title}
          </Checkbox>
        ))}
      </Flex>
    </Checkbox.Group>
  );
  return (
    <Popover trigger="click" placement="bottomRight" content={boxes} title={t("table.columns")}>
      <Button size="small" icon={<SettingOutlined />}>
        {t("table.columns")}
      </Button>
    </Popover>
  );
}
