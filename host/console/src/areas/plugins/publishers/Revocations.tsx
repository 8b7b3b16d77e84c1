/** The packages that can be activated no more, and taking that back. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Card } from "antd";
import { api, type Schemas } from "@/api/client";
import { useActor } from "@/api/actor";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useAction } from "@/parts/forms";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { packagesQuery, revocationsQuery } from "../questions";

type Revoked = Schemas["PackageRevocation"];

export function Revocations() {
  const { t, f } = useWords();
  const may = useMay();
  const who = useActor();
  const queries = useQueryClient();
  const { ask } = useAction();
  const asked = useQuery(revocationsQuery);
  const packages = useQuery(packagesQuery);
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  const named = (digest: string) => {
    const kept = packages.data?.items.find((one) => one.digest === digest);
    return kept ? `${kept.plugin} ${kept.version}` : t("trust.notHere");
  };
  const back = async (digest: string) => {
    await api.DELETE("/api/v1/package-revocations/{digest}", { params: { path: { digest } } });
    await Promise.all(["packages", "package-revocations", "installations"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
  };
  const columns: Column<Revoked>[] = [
    {
      key: "package",
      title: t("plugin.package"),
      text: (row) => named(row.digest),
      cell: (row) =>
        packages.data?.items.some((one) => one.digest === row.digest) ? (
          <Link to="/plugins/packages/$digest" params={{ digest: row.digest }}>
            {named(row.digest)}
          </Link>
        ) : (
          named(row.digest)
        ),
    },
    { key: "reason", title: t("trust.reason"), text: (row) => row.reason, cell: (row) => <bdi>{row.reason}</bdi> },
    { key: "at", title: t("trust.revokedAt"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at) },
    { key: "by", title: t("trust.by"), text: (row) => who(row.created_by), cell: (row) => who(row.created_by) },
    { key: "digest", title: t("plugin.digest"), text: (row) => row.digest, cell: (row) => <span className="mono">{row.digest}</span> },
    {
      key: "act",
      title: t("trust.step"),
      text: () => "",
      cell: (row) =>
        may("plugins.admin") ? (
          <Button size="small" onClick={() => ask(t("trust.backAsk", { name: named(row.digest) }), t("trust.backWhat"), t("trust.back"), () => back(row.digest))}>
            {t("trust.back")}
          </Button>
        ) : null,
    },
  ];
  return (
    <Card className="panel" title={t("trust.revocations")}>
      {asked.data?.items.length === 0 ? (
        <Empty title={t("trust.noRevocations")} what={t("trust.noRevocationsWhat")} />
      ) : (
        <DataTable<Revoked>
          name="package-revocations"
          label={t("trust.revocations")}
          columns={columns}
          rows={asked.data?.items ?? []}
          rowKey={(row) => row.digest}
          loading={asked.isPending}
        />
      )}
    </Card>
  );
}
