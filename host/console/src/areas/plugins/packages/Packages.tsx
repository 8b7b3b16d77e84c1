/** What is at hand: every package taken in, and which of them nothing uses yet. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Checkbox, Flex, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { PluginTabs } from "../PluginTabs";
import { inLanguage, installationsQuery, packagesQuery } from "../questions";
import { Icon } from "./Icon";

type Package = Schemas["PluginPackage"];
type Installation = Schemas["Installation"];
const route = getRouteApi("/in/plugins/packages");

/** The installations that hold a package as a version that serves, tries or waits. */
export function usesOf(digest: string, installations: Installation[]): Installation[] {
  return installations.filter((one) =>
    [one.active, one.candidate, ...one.waiting, ...(one.quarantined ?? [])].some((version) => version?.package === digest),
  );
}

export function Packages() {
  const { t, f, code, language } = useWords();
  const may = useMay();
  const { sort, all = false } = route.useSearch();
  const navigate = route.useNavigate();
  const packages = useQuery(packagesQuery);
  const installations = useQuery(installationsQuery);
  const failed = packages.error ?? installations.error;
  if (failed) return <ProblemAlert error={failed} onRetry={() => void Promise.all([packages.refetch(), installations.refetch()])} />;
  const installed = installations.data?.items ?? [];
  const rows = (packages.data?.items ?? []).filter((one) => all || usesOf(one.digest, installed).length === 0);
  const names = (row: Package) => usesOf(row.digest, installed).map((one) => one.name).join(", ");
  const kinds = (row: Package) => row.roles.map((role) => code("plugin.kind", role.kind)).join(", ");
  const columns: Column<Package>[] = [
    { key: "title", title: t("plugin.title"), text: (row) => inLanguage(row.title, language), cell: (row) => <Named kept={row} /> },
    { key: "version", title: t("plugin.version"), text: (row) => row.version, cell: (row) => row.version },
    { key: "kinds", title: t("plugin.kinds"), text: kinds, cell: kinds },
    { key: "uses", title: t("plugin.usedBy"), text: names, cell: (row) => names(row) || t("plugin.notUsed") },
    { key: "signed", title: t("plugin.signature"), text: (row) => row.signatures.length, cell: (row) => (row.signatures.length > 0 ? t("plugin.signed") : t("plugin.unsigned")) },
    { key: "wishes", title: t("plugin.wishCount"), text: (row) => row.wishes.length, cell: (row) => f.number(row.wishes.length), align: "right" },
    { key: "created", title: t("plugin.uploaded"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at) },
    { key: "size", title: t("import.size"), text: (row) => row.bytes, cell: (row) => f.bytes(row.bytes), align: "right", hidden: true },
    { key: "digest", title: t("plugin.digest"), text: (row) => row.digest, cell: (row) => <span className="mono">{row.digest}</span>, hidden: true },
  ];
  const add = may("plugins.write") && (
    <LinkButton to="/plugins/install" type="primary">
      {t("plugin.install")}
    </LinkButton>
  );
  return (
    <Page title={t("plugin.packages")} lead={t("plugin.packagesLead")} help={["plugin.help.packages", "plugin.help.permissions"]} actions={add}>
      <PluginTabs at="packages" />
      <DataTable<Package>
        name="packages"
        label={t("plugin.packages")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.digest}
        loading={packages.isPending || installations.isPending}
        sort={sort}
        onSort={(next) => void navigate({ search: (old) => ({ ...old, sort: next }) })}
        empty={<Empty title={t("plugin.noPackages")} what={t("plugin.noPackagesWhat")} action={add} />}
        tools={
          <Checkbox checked={all} onChange={(event) => void navigate({ search: (old) => ({ ...old, all: event.target.checked || undefined }) })}>
            {t("plugin.packagesAll")}
          </Checkbox>
        }
      />
    </Page>
  );
}

function Named({ kept }: { kept: Package }) {
  const { language } = useWords();
  return (
    <Flex gap={12} align="center">
      <Icon kept={kept} />
      <Flex vertical>
        <Link to="/plugins/packages/$digest" params={{ digest: kept.digest }}>
          <bdi>{inLanguage(kept.title, language)}</bdi>
        </Link>
        <Typography.Text type="secondary" className="mono">
          {kept.plugin}
        </Typography.Text>
      </Flex>
    </Flex>
  );
}
