/** The mail servers that sends leave by: set up, tried out, taken away. */
import { DeleteOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Button, Flex } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useAction } from "@/parts/forms";
import { LinkButton } from "@/parts/LinkButton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { everyPage } from "../everyPage";
import { AdminPage } from "../AdminPage";
import { useMayEverywhere } from "../scope";
import { MailServerForm } from "./MailServerForm";

type Server = Schemas["MailServer"];
const route = getRouteApi("/in/admin/mail-servers");

export function MailServers() {
  const { t, f } = useWords();
  const writable = useMayEverywhere()("delivery.admin");
  const { ask, failed } = useAction();
  const queries = useQueryClient();
  const { edit } = route.useSearch();
  const navigate = route.useNavigate();
  const [trying, setTrying] = useState<string>();
  const [tried, setTried] = useState<{ name: string; found: Schemas["MailServerTest"] }>();
  const asked = useQuery({
    queryKey: ["mail-servers", "all"],
    queryFn: () => everyPage((cursor, limit) => answer(api.GET("/api/v1/mail-servers", { params: { query: { cursor, limit } } }))),
  });

  async function test(server: Server) {
    setTrying(server.id);
    setTried(undefined);
    try {
      setTried({ name: server.name, found: await answer(api.POST("/api/v1/mail-servers/{id}/test", { params: { path: { id: server.id } } })) });
    } catch (error) {
      failed(error);
    } finally {
      setTrying(undefined);
    }
  }

  const remove = (server: Server) =>
    ask(t("admin.serverRemoveAsk", { name: server.name }), t("admin.serverRemoveWhat"), t("admin.remove"), async () => {
      await api.DELETE("/api/v1/mail-servers/{id}", { params: { path: { id: server.id } } });
      await queries.invalidateQueries({ queryKey: ["mail-servers"] });
    });

  const columns: Column<Server>[] = [
    { key: "name", title: t("admin.name"), text: (row) => row.name, cell: (row) => <bdi>{row.name}</bdi> },
    { key: "host", title: t("admin.server"), text: (row) => `${row.host}:${String(row.port)}`, cell: (row) => <span className="mono">{`${row.host}:${String(row.port)}`}</span> },
    { key: "security", title: t("admin.security"), text: (row) => t(`security.${row.security}`), cell: (row) => t(`security.${row.security}`) },
    { key: "user", title: t("admin.username"), text: (row) => row.username, cell: (row) => row.username || t("admin.noSignIn"), hidden: true },
    { key: "dkim", title: t("admin.dkim"), text: (row) => row.dkim_domain, cell: (row) => row.dkim_domain || t("admin.unsigned") },
    { key: "connections", title: t("admin.connections"), text: (row) => row.connections, cell: (row) => f.number(row.connections), align: "right", hidden: true },
    { key: "rate", title: t("admin.rate"), text: (row) => row.rate_per_second, cell: (row) => (row.rate_per_second ? f.number(row.rate_per_second) : t("admin.noBound")), align: "right" },
    { key: "bounce", title: t("admin.bounceDomain"), text: (row) => row.bounce_domain, cell: (row) => row.bounce_domain || "—", hidden: true },
  ];
  if (writable) {
    columns.push({
      key: "actions",
      title: t("admin.actions"),
      action: true,
      text: () => "",
      cell: (row) => (
        <Flex gap={4}>
          <Button size="small" loading={trying === row.id} aria-label={t("admin.testOf", { name: row.name })} onClick={() => void test(row)}>
            {t("admin.test")}
          </Button>
          <LinkButton to="/admin/mail-servers" search={{ edit: row.id }} size="small" icon={<EditOutlined />} aria-label={t("admin.editOf", { name: row.name })}>
            {t("admin.edit")}
          </LinkButton>
          <Button size="small" icon={<DeleteOutlined />} aria-label={t("admin.removeOf", { name: row.name })} title={t("admin.remove")} onClick={() => remove(row)} />
        </Flex>
      ),
    });
  }
  const make = writable && (
    <LinkButton to="/admin/mail-servers" search={{ edit: "new" }} type="primary" icon={<PlusOutlined />}>
      {t("admin.serverNew")}
    </LinkButton>
  );
  const editing = asked.data?.find((one) => one.id === edit);
  const close = () => void navigate({ search: {} });
  return (
    <AdminPage title={t("admin.mailServers")} lead={t("admin.mailServersLead")} help={["admin.help.mailServers", "admin.help.dkim", "admin.help.bounces"]} actions={make}>
      {asked.isError && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      <div role="status" aria-live="polite">
        {tried && (
          <Alert
            className="banner"
            type={tried.found.ok ? (tried.found.encrypted ? "success" : "warning") : "error"}
            showIcon
            closable
            title={t(tried.found.ok ? "admin.testGood" : "admin.testBad", { name: tried.name, took: f.took(tried.found.took_ms * 1_000) })}
            description={tried.found.error ?? t(tried.found.encrypted ? "admin.testEncrypted" : "admin.testOpen")}
          />
        )}
      </div>
      <DataTable<Server>
        name="mail-servers"
        label={t("admin.mailServers")}
        columns={columns}
        rows={asked.data ?? []}
        rowKey={(row) => row.id}
        loading={asked.isPending}
        empty={<Empty title={t("admin.noServers")} what={t("admin.noServersWhat")} action={make} />}
      />
      <Link to="/creative/brands">{t("admin.toSenders")}</Link>
      {writable && (edit === "new" || editing) && <MailServerForm key={edit} server={editing} onClose={close} />}
    </AdminPage>
  );
}
