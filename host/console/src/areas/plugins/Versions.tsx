/** Every version of an installation and where it stands. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Flex } from "antd";
import { useActor } from "@/api/actor";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { LinkButton } from "@/parts/LinkButton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { pluginMood, versionsQuery } from "./questions";

type Version = Schemas["InstallationVersion"];

export function Versions({ installation }: { installation: Schemas["Installation"] }) {
  const { t, f, code } = useWords();
  const may = useMay();
  const who = useActor();
  const asked = useQuery(versionsQuery(installation.id));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  const share = (row: Version) => installation.health.versions?.find((one) => one.id === row.id)?.share_percent;
  const columns: Column<Version>[] = [
    {
      key: "version",
      title: t("plugin.version"),
      text: (row) => row.version,
      cell: (row) => (
        <Link to="/plugins/$id/versions/$version" params={{ id: installation.id, version: row.id }}>
          {row.version}
        </Link>
      ),
    },
    { key: "state", title: t("plugin.state"), text: (row) => code("plugin.state", row.state), cell: (row) => <StateTag mood={pluginMood(row.state)}>{code("plugin.state", row.state)}</StateTag> },
    { key: "share", title: t("plugin.share"), text: share, cell: (row) => { const held = share(row); return held === undefined ? "—" : f.percent(held / 100); }, align: "right" },
    { key: "added", title: t("plugin.added"), text: (row) => row.difference.added.length, cell: (row) => f.number(row.difference.added.length), align: "right" },
    { key: "approved", title: t("plugin.approvedAt"), text: (row) => row.approved_at, cell: (row) => f.time(row.approved_at) },
    { key: "by", title: t("plugin.approvedBy"), text: (row) => who(row.approved_by), cell: (row) => who(row.approved_by) },
    { key: "activated", title: t("plugin.activatedAt"), text: (row) => row.activated_at, cell: (row) => f.time(row.activated_at) },
    { key: "digest", title: t("plugin.digest"), text: (row) => row.package, cell: (row) => <span className="mono">{row.package}</span>, hidden: true },
  ];
  return (
    <DataTable<Version>
      name="versions"
      label={t("plugin.tab.versions")}
      columns={columns}
      rows={asked.data?.items ?? []}
      rowKey={(row) => row.id}
      loading={asked.isPending}
      tools={
        may("plugins.write") && (
          <Flex>
            <LinkButton to="/plugins/install" size="small">{t("plugin.newVersion")}</LinkButton>
          </Flex>
        )
      }
    />
  );
}
