/** A run made again, held against how it went: the short of it, the first divergence, and every field that differs. */
import { Typography } from "antd";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { StateTag, type Mood } from "@/parts/StateTag";
import { useWords } from "@/words";
import type { Comparison, FieldDifference } from "../shapes";

const MOODS: Record<string, Mood> = { same: "good", differs: "warning", diverged: "warning", fails: "bad", mended: "good" };

export function ReplayTag({ verdict }: { verdict: string }) {
  const { code } = useWords();
  return <StateTag mood={MOODS[verdict] ?? "quiet"}>{code("replay", verdict)}</StateTag>;
}

export function ComparisonShown({ found, bare = false }: { found: Comparison; bare?: boolean }) {
  const { t } = useWords();
  const columns: Column<FieldDifference>[] = [
    { key: "field", title: t("replay.field"), text: (row) => row.field, cell: (row) => <span className="mono">{row.field}</span> },
    { key: "recorded", title: t("replay.recorded"), text: (row) => row.recorded ?? "", cell: (row) => <span className="mono">{row.recorded ?? t("replay.absent")}</span> },
    { key: "now", title: t("replay.now"), text: (row) => row.now ?? "", cell: (row) => <span className="mono">{row.now ?? t("replay.absent")}</span> },
  ];
  return (
    <>
      {found.at_call !== undefined && <Typography.Text strong>{t("replay.atCall", { call: found.at_call + 1 })}</Typography.Text>}
      {found.detail && <Typography.Text>{found.detail}</Typography.Text>}
      {found.differences.length > 0 && (
        <DataTable<FieldDifference> name="differences" label={t("replay.differences")} columns={columns} rows={found.differences} rowKey={(row) => row.field} bare={bare} />
      )}
    </>
  );
}
