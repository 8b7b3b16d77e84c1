/** What is installed, how it fares, and what waits for a person. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Flex } from "antd";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { PluginTabs } from "./PluginTabs";
import { breakerOf, installationsQuery, pluginMood } from "./questions";

type Installation = Schemas["Installation"];
const route = getRouteApi("/in/plugins");

export function Plugins() {
  const { t, f, code } = useWords();
  const may = useMay();
  const { sort } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useQuery(installationsQuery);
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  const rows = asked.data?.items ?? [];
  const waiting = rows.flatMap((one) => one.waiting.filter((version) => version.state === "waiting").map((version) => ({ one, version })));
  const kinds = (row: Installation) => row.kinds.map((kind) => code("plugin.kind", kind)).join(", ");
  const columns: Column<Installation>[] = [
    { key: "name", title: t("plugin.name"), text: (row) => row.name, cell: (row) => <Link to="/plugins/$id" params={{ id: row.id }}><bdi>{row.name}</bdi></Link> },
    { key: "plugin", title: t("plugin.plugin"), text: (row) => row.plugin, cell: (row) => <span className="mono">{row.plugin}</span> },
    { key: "kinds", title: t("plugin.kinds"), text: kinds, cell: kinds },
    { key: "state", title: t("plugin.state"), text: (row) => code("plugin.state", row.state), cell: (row) => <StateTag mood={pluginMood(row.state)}>{code("plugin.state", row.state)}</StateTag> },
    { key: "version", title: t("plugin.version"), text: (row) => row.active?.version ?? "", cell: (row) => row.active?.version ?? "—" },
    { key: "runs", title: t("plugin.runs"), text: (row) => row.health.runs, cell: (row) => f.number(row.health.runs), align: "right" },
    { key: "failed", title: t("plugin.failed"), text: (row) => row.health.failed, cell: (row) => f.number(row.health.failed), align: "right" },
    { key: "p99", title: t("plugin.p99"), text: (row) => row.health.p99_wall_us, cell: (row) => f.took(row.health.p99_wall_us), align: "right" },
    { key: "breaker", title: t("plugin.breaker"), text: (row) => code("breaker", breakerOf(row.health).state), cell: (row) => code("breaker", breakerOf(row.health).state) },
  ];
  const install = may("plugins.write") && (
    <LinkButton to="/plugins/install" type="primary">{t("plugin.install")}</LinkButton>
  );
  return (
    <Page title={t("area.plugins")} lead={t("plugin.lead")} help={["plugin.help.what", "plugin.help.permissions", "plugin.help.health"]} actions={install}>
      <PluginTabs at="installed" />
      {waiting.length > 0 && (
        <Alert
          type="warning"
          showIcon
          className="banner"
          title={t("plugin.waiting", { n: waiting.length })}
          description={
            <Flex vertical gap={4}>
              {waiting.map(({ one, version }) => (
                <Link key={version.id} to="/plugins/$id/versions/$version" params={{ id: one.id, version: version.id }}>
                  {t("plugin.look", { name: one.name, version: version.version })}
                </Link>
              ))}
            </Flex>
          }
        />
      )}
      <DataTable<Installation>
        name="plugins"
        label={t("area.plugins")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        loading={asked.isPending}
        sort={sort}
        onSort={(next) => void navigate({ search: { sort: next } })}
        empty={<Empty title={t("plugin.none")} what={t("plugin.noneWhat")} action={install} />}
      />
    </Page>
  );
}
