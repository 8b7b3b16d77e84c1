/** Whether the host can do its work and whether it sends; the hosts on this database. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Card, Flex, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { useAction } from "@/parts/forms";
import { LinkButton } from "@/parts/LinkButton";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { checksOf } from "./ready";

type Host = Schemas["HostOnDatabase"];
const LOOK_AGAIN_MS = 5_000;
/** A host says that it lives every five seconds; one silent for so long is taken for gone. */
const SILENT_MS = 20_000;

const hostQuery = { queryKey: ["host"], queryFn: () => answer(api.GET("/api/v1/host")), refetchInterval: LOOK_AGAIN_MS };

export function Health() {
  const { t } = useWords();
  const asked = useQuery(hostQuery);
  return (
    <AdminPage title={t("admin.health")} lead={t("admin.healthLead")} help={["admin.help.health", "admin.help.held", "admin.help.metrics"]} actions={<LinkButton to="/admin/jobs" search={{ state: "dead" }}>{t("admin.toDead")}</LinkButton>}>
      {asked.isError && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      <Ready />
      {asked.data ? <State state={asked.data} /> : asked.isPending && <Loading />}
    </AdminPage>
  );
}

/** The same answer that an operator's monitoring asks for. */
function Ready() {
  const { t, code } = useWords();
  const asked = useQuery({
    queryKey: ["readyz"],
    refetchInterval: LOOK_AGAIN_MS,
    queryFn: async () => checksOf(await (await fetch("/readyz")).json()),
  });
  if (asked.isError) return <Alert type="error" showIcon className="banner" title={t("admin.readyUnknown")} />;
  return (
    <Card className="panel" title={t("admin.ready")}>
      <Flex gap={24} wrap role="status">
        {(asked.data ?? []).map((one) => (
          <Flex key={one.name} vertical gap={4}>
            <Typography.Text type="secondary">{code("admin.check", one.name)}</Typography.Text>
            <span>
              <StateTag mood={one.good ? "good" : "bad"}>{one.good ? t("admin.good") : t("admin.bad")}</StateTag>
            </span>
          </Flex>
        ))}
      </Flex>
    </Card>
  );
}

function State({ state }: { state: Schemas["HostState"] }) {
  const { t, f } = useWords();
  const { ask } = useAction();
  const queries = useQueryClient();
  const confirm = () =>
    ask(t("admin.confirmAsk"), t("admin.confirmWhat", { n: state.waiting }), t("admin.confirm"), async () => {
      queries.setQueryData(hostQuery.queryKey, await answer(api.POST("/api/v1/host/confirm")));
      await queries.invalidateQueries({ queryKey: ["readyz"] });
    });
  const silent = (row: Host) => Date.now() - new Date(row.heartbeat_at).getTime() > SILENT_MS;
  const columns: Column<Host>[] = [
    { key: "name", title: t("admin.hostName"), text: (row) => row.name, cell: (row) => <span className="mono">{row.name}</span> },
    { key: "lives", title: t("admin.state"), text: (row) => t(silent(row) ? "admin.hostSilent" : "admin.hostLives"), cell: (row) => <StateTag mood={silent(row) ? "quiet" : "good"}>{t(silent(row) ? "admin.hostSilent" : "admin.hostLives")}</StateTag> },
    { key: "sends", title: t("admin.sends"), text: (row) => t(row.sends ? "form.yes" : "form.no"), cell: (row) => t(row.sends ? "form.yes" : "form.no") },
    { key: "started", title: t("admin.started"), text: (row) => row.started_at, cell: (row) => f.time(row.started_at) },
    { key: "heartbeat", title: t("admin.heartbeat"), text: (row) => row.heartbeat_at, cell: (row) => f.time(row.heartbeat_at) },
  ];
  return (
    <>
      {state.sends ? (
        <Alert type="success" showIcon className="banner" title={t("admin.hostSends")} description={t("admin.waiting", { n: state.waiting })} />
      ) : (
        <Alert
          type="warning"
          showIcon
          className="banner"
          title={t("admin.hostHeld")}
          description={
            <>
              {state.held && <p>{state.held}</p>}
              <p>{t("admin.waiting", { n: state.waiting })}</p>
              <Button type="primary" onClick={confirm}>
                {t("admin.confirm")}
              </Button>
            </>
          }
        />
      )}
      <Card className="panel" title={t("admin.hosts")}>
        <DataTable<Host>
          name="hosts"
          label={t("admin.hosts")}
          columns={columns}
          rows={state.hosts}
          rowKey={(row) => row.name}
        />
      </Card>
    </>
  );
}
