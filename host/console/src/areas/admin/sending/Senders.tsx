/** Whom messages come from, by channel. */
import { EditOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import { sendersQuery } from "@/areas/campaign/questions";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { useMayEverywhere } from "../scope";
import { SenderForm } from "./SenderForm";

type Sender = Schemas["Sender"];
const route = getRouteApi("/in/admin/senders");

export function Senders() {
  const { t } = useWords();
  const writable = useMayEverywhere()("creative.write");
  const { edit } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useQuery(sendersQuery);
  const brands = useQuery({ queryKey: ["brands"], queryFn: () => answer(api.GET("/api/v1/brands")) });
  const brandOf = (id: string | null | undefined) => brands.data?.items.find((one) => one.id === id)?.name ?? "—";
  const columns: Column<Sender>[] = [
    { key: "name", title: t("admin.name"), text: (row) => row.name, cell: (row) => <bdi>{row.name}</bdi> },
    { key: "channel", title: t("admin.channel"), text: (row) => row.channel, cell: (row) => row.channel },
    { key: "address", title: t("admin.senderAddress"), text: (row) => row.address, cell: (row) => row.address },
    { key: "reply", title: t("admin.replyTo"), text: (row) => row.reply_to, cell: (row) => row.reply_to || "—" },
    { key: "brand", title: t("admin.brand"), text: (row) => brandOf(row.brand), cell: (row) => <bdi>{brandOf(row.brand)}</bdi> },
  ];
  if (writable) {
    columns.push({
      key: "actions",
      title: t("admin.actions"),
      action: true,
      text: () => "",
      cell: (row) => (
        <LinkButton to="/admin/senders" search={{ edit: row.id }} size="small" icon={<EditOutlined />} aria-label={t("admin.editOf", { name: row.name })}>
          {t("admin.edit")}
        </LinkButton>
      ),
    });
  }
  const make = writable && (
    <LinkButton to="/admin/senders" search={{ edit: "new" }} type="primary" icon={<PlusOutlined />}>
      {t("admin.senderNew")}
    </LinkButton>
  );
  const editing = asked.data?.items.find((one) => one.id === edit);
  return (
    <AdminPage title={t("admin.senders")} lead={t("admin.sendersLead")} help={["admin.help.senders"]} actions={make}>
      {asked.isError && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      <DataTable<Sender>
        name="senders"
        label={t("admin.senders")}
        columns={columns}
        rows={asked.data?.items ?? []}
        rowKey={(row) => row.id}
        loading={asked.isPending}
        empty={<Empty title={t("admin.noSenders")} what={t("admin.noSendersWhat")} action={make} />}
      />
      {writable && (edit === "new" || editing) && <SenderForm key={edit} sender={editing} brands={brands.data?.items ?? []} onClose={() => void navigate({ search: {} })} />}
    </AdminPage>
  );
}
