/** One installation: its health, versions, permissions, settings and runs. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Alert, Button, Card, Flex, Tabs } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { Wall } from "@/parts/Fault";
import { LinkButton } from "@/parts/LinkButton";
import { useAction } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { Permissions } from "./Permissions";
import { installationQuery, pluginMood, useTaken } from "./questions";
import { PLUGIN_TABS } from "./routes";
import { Health } from "./runs/Health";
import { Logs } from "./runs/Logs";
import { Runs } from "./runs/Runs";
import { Settings } from "./settings/Settings";
import { Versions } from "./versions/Versions";

type Installation = Schemas["Installation"];
const route = getRouteApi("/in/plugins/$id");

export function PluginPage() {
  const { id } = route.useParams();
  const asked = useQuery({ ...installationQuery(id), refetchInterval: 10_000 });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Loaded installation={asked.data} />;
}

function Loaded({ installation }: { installation: Installation }) {
  const { t, code } = useWords();
  const { tab = "health" } = route.useSearch();
  const navigate = route.useNavigate();
  const pages = {
    health: () => <Health installation={installation} />,
    versions: () => <Versions installation={installation} />,
    permissions: () => <Permissions installation={installation} />,
    settings: () => (
      <Card>
        <Settings key={installation.id} installation={installation} />
      </Card>
    ),
    runs: () => (
      <Card>
        <Runs installation={installation.id} />
      </Card>
    ),
    logs: () => (
      <Card>
        <Logs installation={installation.id} />
      </Card>
    ),
  };
  const waiting = installation.waiting.filter((one) => one.state === "waiting");
  return (
    <Page
      title={installation.name}
      lead={
        <Flex gap={12} align="center" wrap>
          <StateTag mood={pluginMood(installation.state)}>{code("plugin.state", installation.state)}</StateTag>
          <span className="mono">
            {installation.plugin} {installation.active?.version}
          </span>
          <span>{installation.kinds.map((kind) => code("plugin.kind", kind)).join(", ")}</span>
        </Flex>
      }
      help={["plugin.help.health", "plugin.help.canary", "plugin.help.secrets", "plugin.help.policy"]}
      actions={<Actions installation={installation} />}
    >
      {waiting.map((version) => (
        <Alert
          key={version.id}
          type="warning"
          showIcon
          className="banner"
          title={t("plugin.waitsForYou", { version: version.version, n: version.difference.added.length })}
          action={
            <LinkButton to="/plugins/$id/versions/$version" params={{ id: installation.id, version: version.id }} size="small">{t("plugin.lookAt")}</LinkButton>
          }
        />
      ))}
      {installation.ungranted.length > 0 && waiting.length === 0 && <Alert type="warning" showIcon className="banner" title={t("plugin.ungranted", { n: installation.ungranted.length })} />}
      <Tabs
        activeKey={tab}
        onChange={(next) => void navigate({ search: { tab: PLUGIN_TABS.find((one) => one === next) } })}
        items={PLUGIN_TABS.map((key) => ({
          key,
          label: t(`plugin.tab.${key}`),
          // Each is drawn when it is looked at: the log asks for much.
          children: key === tab ? <Wall>{pages[key]()}</Wall> : null,
        }))}
      />
    </Page>
  );
}

function Actions({ installation }: { installation: Installation }) {
  const { t } = useWords();
  const may = useMay();
  const { run, ask } = useAction();
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const take = useTaken();
  const params = { params: { path: { id: installation.id } } };
  const remove = async () => {
    await api.DELETE("/api/v1/installations/{id}", params);
    await navigate({ to: "/plugins", search: {} });
    await queries.invalidateQueries({ queryKey: ["installations", "list"] });
  };
  const enable = () => take(answer(api.POST("/api/v1/installations/{id}/enable", params)));
  const disable = () => take(answer(api.POST("/api/v1/installations/{id}/disable", params)));
  const back = () => take(answer(api.POST("/api/v1/installations/{id}/rollback", params)));
  const canBack = Boolean(installation.previous_version) || Boolean(installation.canary);
  return (
    <>
      {!installation.enabled && may("plugins.write") && (
        <Button danger onClick={() => ask(t("plugin.uninstallAsk", { name: installation.name }), t("plugin.uninstallWhat"), t("plugin.uninstall"), remove)}>
          {t("plugin.uninstall")}
        </Button>
      )}
      {canBack && may("plugins.approve") && (
        <Button onClick={() => ask(t("plugin.rollbackAsk", { name: installation.name }), installation.canary ? t("plugin.rollbackCanaryWhat") : t("plugin.rollbackWhat"), t("plugin.rollback"), back)}>{t("plugin.rollback")}</Button>
      )}
      {may("plugins.write") &&
        (installation.enabled ? (
          <Button danger onClick={() => ask(t("plugin.disableAsk", { name: installation.name }), t("plugin.disableWhat"), t("plugin.disable"), disable)}>
            {t("plugin.disable")}
          </Button>
        ) : (
          <Button type="primary" onClick={() => void run(enable, t("plugin.enabled"), disable)}>
            {t("plugin.enable")}
          </Button>
        ))}
    </>
  );
}
