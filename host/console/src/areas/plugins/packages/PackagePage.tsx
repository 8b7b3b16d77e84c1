/** One package before it is installed: its report, its readme, what the conformance suite found. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Card, Flex, Tabs, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { Empty } from "@/parts/Empty";
import { Wall } from "@/parts/Fault";
import { LinkButton } from "@/parts/LinkButton";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { RevokePackage } from "../publishers/RevokePackage";
import { inLanguage, installationsQuery, packageQuery } from "../questions";
import { PACKAGE_TABS } from "../routes";
import { Conformance } from "./Conformance";
import { Icon } from "./Icon";
import { Markdown } from "./Markdown";
import { PackageShown } from "./PackageShown";
import { usesOf } from "./Packages";
import { TrustTag } from "./Trust";

const route = getRouteApi("/in/plugins/packages/$digest");

export function PackagePage() {
  const { digest } = route.useParams();
  const asked = useQuery(packageQuery(digest));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  return asked.data ? <Loaded kept={asked.data} /> : <Loading />;
}

function Loaded({ kept }: { kept: Schemas["PluginPackage"] }) {
  const { t, language } = useWords();
  const may = useMay();
  const { tab = "report" } = route.useSearch();
  const navigate = route.useNavigate();
  const installations = useQuery(installationsQuery);
  const uses = usesOf(kept.digest, installations.data?.items ?? []);
  const pages = {
    report: () => <PackageShown kept={kept} />,
    readme: () => <Card>{kept.readme ? <Markdown text={kept.readme} /> : <Empty title={t("plugin.noReadme")} />}</Card>,
    conformance: () => (
      <Card>
        <Conformance digest={kept.digest} />
      </Card>
    ),
  };
  return (
    <Page
      title={`${inLanguage(kept.title, language)} ${kept.version}`}
      lead={
        <Flex vertical gap={8}>
          <Flex gap={12} align="center" wrap>
            <Icon kept={kept} size={40} />
            <span className="mono">{kept.plugin}</span>
            {kept.trust && <TrustTag trust={kept.trust} />}
            {uses.map((one) => (
              <Link key={one.id} to="/plugins/$id" params={{ id: one.id }}>
                {t("plugin.usedAs", { name: one.name })}
              </Link>
            ))}
          </Flex>
          <Typography.Text>
            <bdi>{inLanguage(kept.description, language)}</bdi>
          </Typography.Text>
        </Flex>
      }
      help={["plugin.help.packages", "plugin.help.permissions", "plugin.help.conformance"]}
      actions={
        <>
          {may("plugins.admin") && <RevokePackage digest={kept.digest} revoked={kept.trust?.state === "revoked"} />}
          {may("plugins.write") && (
            <LinkButton to="/plugins/install" search={{ package: kept.digest }} type="primary">
              {t("plugin.installThis")}
            </LinkButton>
          )}
        </>
      }
    >
      <Tabs
        activeKey={tab}
        destroyOnHidden
        onChange={(next) => void navigate({ search: { tab: PACKAGE_TABS.find((one) => one === next) } })}
        items={PACKAGE_TABS.map((key) => ({ key, label: t(`package.tab.${key}`), children: <Wall>{pages[key]()}</Wall> }))}
      />
    </Page>
  );
}
