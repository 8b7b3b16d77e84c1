/** Every refund, newest first. */
import { getRouteApi } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { Bring } from "../Bring";
import { SalesTabs } from "../SalesTabs";
import { refundColumns } from "./refundColumns";

const route = getRouteApi("/in/sales/refunds");

export function Refunds() {
  const words = useWords();
  const { t } = words;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title={t("sales.part.refunds")} lead={t("refund.lead")} help={["order.help.refund", "refund.help.import"]} actions={<Bring kind="refunds" />}>
      <SalesTabs at="refunds" />
      <CursorTable<Schemas["Refund"]>
        name="refunds"
        label={t("sales.part.refunds")}
        columns={refundColumns(words)}
        rowKey={(row) => row.id}
        of={["refunds", "list"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/refunds", { params: { query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: at })}
        empty={<Empty title={t("refund.none")} what={t("refund.noneWhat")} action={<Bring kind="refunds" primary />} />}
      />
    </Page>
  );
}
