/** Whether the same came out, and what is otherwise. */
import { Alert, Card, Descriptions, Typography } from "antd";
import type { Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { useWords } from "@/words";

type Difference = Schemas["ReceiptDifference"];

export function ReceiptResult({ found }: { found: Schemas["ReceiptCheck"] }) {
  const { t, code } = useWords();
  const columns: Column<Difference>[] = [
    { key: "what", title: t("receipt.what"), text: (row) => row.what, cell: (row) => <strong>{code("receipt.part", row.what)}</strong> },
    { key: "receipt", title: t("receipt.says"), text: (row) => row.receipt, cell: (row) => <span className="mono">{row.receipt}</span> },
    { key: "found", title: t("receipt.found"), text: (row) => row.found, cell: (row) => <span className="mono">{row.found}</span> },
  ];
  return (
    <Card className="panel" title={t("receipt.result")}>
      <Alert
        type={found.verified ? "success" : "error"}
        showIcon
        className="banner"
        title={found.verified ? t("receipt.holds") : t("receipt.holdsNot")}
        description={found.verified ? t("receipt.holdsWhat") : found.from === "none" ? t("receipt.notMade") : t("receipt.holdsNotWhat")}
      />
      <Descriptions
        column={1}
        size="small"
        items={[
          { key: "kind", label: t("receipt.subject"), children: code("receipt.subject", found.subject_kind) },
          { key: "id", label: t("contact.id"), children: <span className="mono">{found.subject}</span> },
          { key: "from", label: t("receipt.from"), children: code("receipt.from", found.from) },
        ]}
      />
      {found.differences.length > 0 && (
        <>
          <Typography.Title level={2} className="section">
            {t("receipt.differences")}
          </Typography.Title>
          <DataTable<Difference> name="receipt-differences" label={t("receipt.differences")} columns={columns} rows={found.differences} rowKey={(row) => row.what} />
        </>
      )}
    </Card>
  );
}
