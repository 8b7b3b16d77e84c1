/** One version before a person: what it can do, why it says it needs it, and what changes against what serves. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Button, Card, Descriptions, Flex, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { useAction } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { PackageShown, Wishes } from "./PackageShown";
import { installationQuery, packageQuery, pluginMood, versionsQuery } from "./questions";

type Installation = Schemas["Installation"];
type Version = Schemas["InstallationVersion"];
const route = getRouteApi("/in/plugins/$id/versions/$version");

export function ApprovalPage() {
  const { id, version } = route.useParams();
  const installation = useQuery(installationQuery(id));
  const versions = useQuery(versionsQuery(id));
  const failed = installation.error ?? versions.error;
  if (failed) return <ProblemAlert error={failed} onRetry={() => void Promise.all([installation.refetch(), versions.refetch()])} />;
  if (!installation.data || !versions.data) return <Loading />;
  const found = versions.data.items.find((one) => one.id === version);
  return found ? <Shown installation={installation.data} version={found} /> : <Missing />;
}

function Missing() {
  const { t } = useWords();
  return <Alert type="warning" showIcon title={t("error.notFound")} />;
}

function Shown({ installation, version }: { installation: Installation; version: Version }) {
  const { t, code } = useWords();
  const kept = useQuery(packageQuery(version.package));
  const { difference } = version;
  const list = (items: string[]) => items.join(", ") || "—";
  return (
    <Page
      title={t("plugin.versionOf", { name: installation.name, version: version.version })}
      lead={
        <Flex gap={12} align="center">
          <StateTag mood={pluginMood(version.state)}>{code("plugin.state", version.state)}</StateTag>
          <Link to="/plugins/$id" params={{ id: installation.id }} search={{ tab: "versions" }}>
            {installation.name}
          </Link>
        </Flex>
      }
      help={["plugin.help.approve", "plugin.help.permissions", "plugin.help.canary"]}
      actions={<Steps installation={installation} version={version} />}
    >
      {installation.active && version.state === "waiting" && (
        <Alert type="info" showIcon className="banner" title={t("plugin.servesMeanwhile", { version: installation.active.version })} />
      )}
      {version.revoked && <Alert type="error" showIcon className="banner" title={version.revoked} />}
      <Card className="panel" title={difference.from ? t("plugin.changes", { from: difference.from, to: difference.to }) : t("plugin.firstVersion")}>
        <Typography.Title level={2}>{t("plugin.added")}</Typography.Title>
        <Wishes wishes={difference.added} label={t("plugin.added")} />
        {difference.removed.length > 0 && (
          <>
            <Typography.Title level={2} className="section">{t("plugin.removed")}</Typography.Title>
            <Wishes wishes={difference.removed} label={t("plugin.removed")} />
          </>
        )}
        <Descriptions
          className="section"
          column={1}
          size="small"
          items={[
            { key: "aa", label: t("plugin.abilitiesAdded"), children: list(difference.abilities_added) },
            { key: "ar", label: t("plugin.abilitiesRemoved"), children: list(difference.abilities_removed) },
            { key: "sa", label: t("plugin.settingsAdded"), children: list(difference.settings_added) },
            { key: "sr", label: t("plugin.settingsRemoved"), children: list(difference.settings_removed) },
            { key: "sm", label: t("plugin.settingsMissing"), children: list(difference.settings_missing) },
          ]}
        />
      </Card>
      {version.shadow && (
        <Alert
          type={version.shadow.differ + version.shadow.diverged > 0 ? "warning" : "success"}
          showIcon
          className="banner"
          title={t("plugin.shadow", { runs: version.shadow.runs, same: version.shadow.same, differ: version.shadow.differ, diverged: version.shadow.diverged })}
        />
      )}
      {kept.data ? <PackageShown kept={kept.data} /> : kept.isError ? <ProblemAlert error={kept.error} /> : <Loading />}
    </Page>
  );
}

/** Only the steps that are open to a version in its state. */
function Steps({ installation, version }: { installation: Installation; version: Version }) {
  const { t } = useWords();
  const may = useMay();
  const { ask } = useAction();
  const queries = useQueryClient();
  if (!may("plugins.approve")) return null;
  const params = { params: { path: { id: installation.id, version: version.id } } };
  const take = async (asked: Promise<Installation>) => {
    queries.setQueryData(installationQuery(installation.id).queryKey, await asked);
    await queries.invalidateQueries({ queryKey: ["installations"] });
  };
  const approve = (activate: boolean) => take(answer(api.POST("/api/v1/installations/{id}/versions/{version}/approve", { ...params, body: { activate } })));
  const activate = () => take(answer(api.POST("/api/v1/installations/{id}/versions/{version}/activate", { ...params, body: { accept_differences: true } })));
  const canary = () => take(answer(api.POST("/api/v1/installations/{id}/versions/{version}/canary", { ...params, body: { accept_differences: true } })));
  const release = () => take(answer(api.POST("/api/v1/installations/{id}/versions/{version}/release", params)));
  const named = { name: installation.name, version: version.version };
  const { state } = version;
  return (
    <>
      {state === "waiting" && (
        <>
          <Button onClick={() => ask(t("plugin.approveAsk", named), t("plugin.approveWhat"), t("plugin.approve"), () => approve(false), false)}>{t("plugin.approve")}</Button>
          <Button type="primary" onClick={() => ask(t("plugin.approveAsk", named), t("plugin.approveServeWhat"), t("plugin.approveServe"), () => approve(true), false)}>
            {t("plugin.approveServe")}
          </Button>
        </>
      )}
      {(state === "approved" || state === "superseded" || state === "shadow") && installation.active && (
        <Button onClick={() => ask(t("plugin.canaryAsk", named), t("plugin.canaryWhat"), t("plugin.canary"), canary, false)}>{t("plugin.canary")}</Button>
      )}
      {["approved", "superseded", "shadow", "canary"].includes(state) && (
        <Button type="primary" onClick={() => ask(t("plugin.activateAsk", named), t("plugin.activateWhat"), t("plugin.activate"), activate, false)}>
          {t("plugin.activate")}
        </Button>
      )}
      {state === "quarantined" && <Button onClick={() => ask(t("plugin.releaseAsk", named), t("plugin.releaseWhat"), t("plugin.release"), release)}>{t("plugin.release")}</Button>}
    </>
  );
}
