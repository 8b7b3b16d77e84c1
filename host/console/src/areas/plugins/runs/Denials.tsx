/** What an installation asked for and was not allowed: each target once, with how often. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { denialsQuery } from "../questions";

type Denied = Schemas["DeniedCall"];

export function Denials({ installation }: { installation: string }) {
  const { t, f, code } = useWords();
  const asked = useQuery({ ...denialsQuery(installation), refetchInterval: 10_000 });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  const columns: Column<Denied>[] = [
    { key: "capability", title: t("plugin.permission"), text: (row) => code("permission", row.capability), cell: (row) => code("permission", row.capability) },
    { key: "target", title: t("plugin.target"), text: (row) => row.target, cell: (row) => <span className="mono">{row.target}</span> },
    { key: "reason", title: t("trust.reason"), text: (row) => row.reason, cell: (row) => row.reason },
    { key: "calls", title: t("plugin.calls"), text: (row) => row.calls, cell: (row) => f.number(row.calls), align: "right" },
    { key: "first", title: t("plugin.firstAt"), text: (row) => row.first_at, cell: (row) => f.time(row.first_at), hidden: true },
    {
      key: "last",
      title: t("plugin.lastAt"),
      text: (row) => row.last_at,
      cell: (row) => (
        <Link to="/plugins/$id/runs/$run" params={{ id: installation, run: row.run }}>
          {f.time(row.last_at)}
        </Link>
      ),
    },
  ];
  if (asked.data?.items.length === 0) return <Empty title={t("plugin.noDenials")} what={t("plugin.noDenialsWhat")} />;
  return (
    <DataTable<Denied>
      name="denials"
      label={t("plugin.denied")}
      columns={columns}
      rows={asked.data?.items ?? []}
      rowKey={(row) => `${row.capability} ${row.target}`}
      loading={asked.isPending}
    />
  );
}
