/** Ledger rows by state and reason: their sum is always the audience. */
import { Link } from "@tanstack/react-router";
import { Typography } from "antd";
import type { Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { sendMood } from "./states";

type Row = Schemas["LedgerCount"];

interface Props {
  rows: Row[];
  audience: number;
  name: string;
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
  /** Counted before anything leaves. */
  planned?: boolean;
  /** Where the people of a row can be seen. */
  campaign?: string;
}

export function LedgerTable({ rows, audience, name, sort, onSort, campaign, planned }: Props) {
  const { t, f, code } = useWords();
  const state = (row: Row) => (planned && row.state === "pending" ? t("campaign.wouldSend") : code("send.state", row.state));
  const sum = rows.reduce((total, row) => total + row.count, 0);
  const share = (row: Row) => (sum > 0 ? row.count / sum : null);
  const columns: Column<Row>[] = [
    { key: "state", title: t("campaign.state"), text: state, cell: (row) => <StateTag mood={sendMood(row.state)}>{state(row)}</StateTag> },
    { key: "reason", title: t("campaign.reason"), text: (row) => (row.reason ? code("send.reason", row.reason) : ""), cell: (row) => (row.reason ? code("send.reason", row.reason) : "—") },
    {
      key: "count",
      title: t("campaign.count.people"),
      align: "right",
      text: (row) => row.count,
      cell: (row) =>
        campaign ? (
          <Link to="/campaigns/$id" params={{ id: campaign }} search={{ tab: "people", state: row.state, reason: row.reason ?? undefined }}>
            {f.number(row.count)}
          </Link>
        ) : (
          f.number(row.count)
        ),
    },
    { key: "share", title: t("campaign.share"), align: "right", text: share, cell: (row) => f.percent(share(row)) },
  ];
  return (
    <>
      <DataTable<Row>
        name={name}
        label={t("campaign.ledger")}
        columns={columns}
        rows={rows}
        rowKey={(row) => `${row.state} ${row.reason ?? ""}`}
        sort={sort}
        onSort={onSort}
        empty={<Empty title={t("campaign.noLedger")} what={t("campaign.noLedgerWhat")} />}
      />
      {rows.length > 0 && <Typography.Paragraph type="secondary">{t("campaign.sum", { sum: f.number(sum), audience: f.number(audience) })}</Typography.Paragraph>}
    </>
  );
}
