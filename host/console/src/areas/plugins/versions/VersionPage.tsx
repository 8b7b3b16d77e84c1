/** One version before a person: what it can do and why, what changes, how it did in shadow, where it has been. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, Card, Flex, Tabs } from "antd";
import type { Schemas } from "@/api/client";
import { Wall } from "@/parts/Fault";
import { LinkButton } from "@/parts/LinkButton";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { Conformance } from "../packages/Conformance";
import { Granted } from "../packages/Granted";
import { PackageShown } from "../packages/PackageShown";
import { installationQuery, packageQuery, pluginMood, versionQuery } from "../questions";
import { VERSION_TABS } from "../routes";
import { objectOf, type Grants } from "../shapes";
import { Changes } from "./Changes";
import { History } from "./History";
import { Shadow } from "./Shadow";
import { Steps } from "./Steps";

type Installation = Schemas["Installation"];
type Version = Schemas["InstallationVersionDetail"];
const route = getRouteApi("/in/plugins/$id/versions/$version");

export function VersionPage() {
  const { id, version } = route.useParams();
  const installation = useQuery(installationQuery(id));
  const found = useQuery({ ...versionQuery(id, version), refetchInterval: 10_000 });
  const failed = installation.error ?? found.error;
  if (failed) return <ProblemAlert error={failed} onRetry={() => void Promise.all([installation.refetch(), found.refetch()])} />;
  if (!installation.data || !found.data) return <Loading />;
  return <Shown installation={installation.data} version={found.data} />;
}

function Shown({ installation, version }: { installation: Installation; version: Version }) {
  const { t, code } = useWords();
  const { tab = "approval" } = route.useSearch();
  const navigate = route.useNavigate();
  const pages = {
    approval: () => <Approval installation={installation} version={version} />,
    shadow: () => (
      <Card>
        <Shadow installation={installation} version={version} />
      </Card>
    ),
    history: () => (
      <Card>
        <History version={version} />
      </Card>
    ),
    conformance: () => (
      <Card>
        <Conformance digest={version.package} />
      </Card>
    ),
  };
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
      help={["plugin.help.approve", "plugin.help.permissions", "plugin.help.canary", "plugin.help.shadow"]}
      actions={<Steps installation={installation} version={version} />}
    >
      {installation.active && version.state === "waiting" && (
        <Alert type="info" showIcon className="banner" title={t("plugin.servesMeanwhile", { version: installation.active.version })} />
      )}
      {version.revoked && <Alert type="error" showIcon className="banner" title={t("plugin.isRevoked")} description={version.revoked} />}
      {version.difference.settings_missing.length > 0 && version.state === "waiting" && (
        <Alert
          type="warning"
          showIcon
          className="banner"
          title={t("plugin.settingsFirst", { names: version.difference.settings_missing.join(", ") })}
          action={
            <LinkButton to="/plugins/$id" params={{ id: installation.id }} search={{ tab: "settings" }} size="small">
              {t("plugin.toSettings")}
            </LinkButton>
          }
        />
      )}
      <Tabs
        activeKey={tab}
        destroyOnHidden
        onChange={(next) => void navigate({ search: { tab: VERSION_TABS.find((one) => one === next) } })}
        items={VERSION_TABS.map((key) => ({ key, label: t(`version.tab.${key}`), children: <Wall>{pages[key]()}</Wall> }))}
      />
    </Page>
  );
}

function Approval({ installation, version }: { installation: Installation; version: Version }) {
  const kept = useQuery(packageQuery(version.package));
  return (
    <>
      <Card className="panel">
        <Changes difference={version.difference} />
      </Card>
      {/* Before its approval it may do nothing: what it wishes is above and below. */}
      {version.state !== "waiting" && <Granted grants={objectOf<Grants>(version.grants)} />}
      {kept.data ? <PackageShown kept={kept.data} /> : kept.isError ? <ProblemAlert error={kept.error} onRetry={() => void kept.refetch()} /> : <Loading />}
      <Beside installation={installation} version={version} />
    </>
  );
}

/** What the version that serves may do, to be held against what this one asks for. */
function Beside({ installation, version }: { installation: Installation; version: Version }) {
  const { t } = useWords();
  const { active } = installation;
  if (!active || active.id === version.id) return null;
  return (
    <section aria-label={t("plugin.servingMay", { version: active.version })}>
      <Granted grants={objectOf<Grants>(active.grants)} title={t("plugin.servingMay", { version: active.version })} />
    </section>
  );
}
