/** How versions come to serve here: every one and where it stands, the canary that runs, those before, and the policy. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Card, ConfigProvider, Flex } from "antd";
import { useActor } from "@/api/actor";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { LinkButton } from "@/parts/LinkButton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { canariesQuery, pluginMood, versionsQuery } from "../questions";
import { Canaries } from "./Canaries";
import { CanaryNow } from "./CanaryNow";
import { Rollout } from "./Rollout";
import { Steps } from "./Steps";

type Installation = Schemas["Installation"];
type Version = Schemas["InstallationVersion"];

export function Versions({ installation }: { installation: Installation }) {
  const { t } = useWords();
  const asked = useQuery(versionsQuery(installation.id));
  const canaries = useQuery(canariesQuery(installation.id));
  const versions = asked.data?.items ?? [];
  return (
    <>
      {installation.canary && installation.candidate && (
        <Card className="panel" title={t("canary.now", { version: installation.candidate.version })}>
          <CanaryNow installation={installation} canary={installation.canary} candidate={installation.candidate} />
        </Card>
      )}
      <Card className="panel" title={t("version.all")}>
        {asked.isError ? <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} /> : <Table installation={installation} versions={versions} loading={asked.isPending} />}
      </Card>
      <Card className="panel" title={t("canary.history")}>
        {canaries.isError ? (
          <ProblemAlert error={canaries.error} onRetry={() => void canaries.refetch()} />
        ) : (
          <Canaries canaries={canaries.data?.items ?? []} label={(id) => versions.find((one) => one.id === id)?.version ?? "—"} />
        )}
      </Card>
      <Card className="panel" title={t("rollout.title")}>
        <Rollout installation={installation} />
      </Card>
    </>
  );
}

function Table({ installation, versions, loading }: { installation: Installation; versions: Version[]; loading: boolean }) {
  const { t, f, code } = useWords();
  const may = useMay();
  const who = useActor();
  const health = (row: Version) => installation.health.versions?.find((one) => one.id === row.id);
  const share = (row: Version) => health(row)?.share_percent;
  const shadow = ({ shadow: seen }: Version) => (seen && seen.runs > 0 ? t("shadow.short", { runs: seen.runs, same: seen.same }) : "—");
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
    {
      key: "state",
      title: t("plugin.state"),
      text: (row) => code("plugin.state", row.revoked ? "revoked" : row.state),
      cell: (row) => (
        <Flex gap={4} wrap>
          <StateTag mood={pluginMood(row.state)}>{code("plugin.state", row.state)}</StateTag>
          {row.revoked && <StateTag mood="bad">{code("plugin.state", "revoked")}</StateTag>}
          {installation.previous_version === row.id && <StateTag mood="quiet">{t("plugin.rollbackTo")}</StateTag>}
        </Flex>
      ),
    },
    {
      key: "share",
      title: t("plugin.share"),
      text: share,
      cell: (row) => {
        const held = share(row);
        return held === undefined ? "—" : f.percent(held / 100);
      },
      align: "right",
    },
    { key: "added", title: t("plugin.addedCount"), text: (row) => row.difference.added.length, cell: (row) => f.number(row.difference.added.length), align: "right" },
    {
      key: "step",
      title: t("trust.step"),
      text: () => "",
      cell: (row) => (
        <ConfigProvider componentSize="small">
          <Flex gap={8} wrap>
            <Steps installation={installation} version={row} short />
            {row.state === "waiting" && may("plugins.approve") && (
              <LinkButton to="/plugins/$id/versions/$version" params={{ id: installation.id, version: row.id }}>
                {t("plugin.lookAt")}
              </LinkButton>
            )}
          </Flex>
        </ConfigProvider>
      ),
    },
    { key: "shadow", title: t("version.tab.shadow"), text: shadow, cell: shadow },
    { key: "activated", title: t("plugin.activatedAt"), text: (row) => row.activated_at, cell: (row) => f.time(row.activated_at) },
    { key: "approved", title: t("plugin.approvedAt"), text: (row) => row.approved_at, cell: (row) => f.time(row.approved_at) },
    { key: "by", title: t("plugin.approvedBy"), text: (row) => who(row.approved_by), cell: (row) => who(row.approved_by) },
    { key: "digest", title: t("plugin.digest"), text: (row) => row.package, cell: (row) => <span className="mono">{row.package}</span>, hidden: true },
  ];
  return (
    <DataTable<Version>
      name="versions"
      label={t("version.all")}
      columns={columns}
      rows={versions}
      rowKey={(row) => row.id}
      loading={loading}
      tools={
        may("plugins.write") && (
          <LinkButton to="/plugins/install" search={{ against: installation.id }} size="small">
            {t("plugin.newVersion")}
          </LinkButton>
        )
      }
    />
  );
}
