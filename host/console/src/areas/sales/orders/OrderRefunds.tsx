/** What was paid back of one order. */
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { refundsQuery } from "../questions";
import { refundColumns } from "./refundColumns";

export function OrderRefunds({ order }: { order: string }) {
  const words = useWords();
  const { t } = words;
  const asked = useQuery(refundsQuery(order));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const columns = refundColumns(words).filter((one) => one.key !== "order");
  return <DataTable<Schemas["Refund"]> name="order-refunds" label={t("sales.part.refunds")} columns={columns} rows={asked.data.items} rowKey={(row) => row.id} empty={<Empty title={t("refund.noneHere")} what={t("refund.noneHereWhat")} />} />;
}
