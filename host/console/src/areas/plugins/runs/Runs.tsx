/** What a plugin was asked, what it cost, and how it ended. */
import { getRouteApi, Link } from "@tanstack/react-router";
import { Select } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { OUTCOMES } from "../routes";

type Run = Schemas["PluginRun"];
const route = getRouteApi("/in/plugins/$id");

export function Runs({ installation }: { installation: string }) {
  const { t, f, code } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { outcome } = search;
  const columns: Column<Run>[] = [
    { key: "at", title: t("why.at"), text: (row) => row.started_at, cell: (row) => <Link to="/plugins/$id/runs/$run" params={{ id: installation, run: row.id }}>{f.time(row.started_at)}</Link> },
    { key: "outcome", title: t("plugin.outcome"), text: (row) => code("outcome", row.outcome), cell: (row) => <StateTag mood={row.outcome === "succeeded" ? "good" : "bad"}>{code("outcome", row.outcome)}</StateTag> },
    { key: "limit", title: t("plugin.limit"), text: (row) => row.limit ?? "", cell: (row) => row.limit ?? "—" },
    { key: "wall", title: t("plugin.wall"), text: (row) => row.wall_us, cell: (row) => f.took(row.wall_us), align: "right" },
    { key: "cpu", title: t("plugin.cpu"), text: (row) => row.cpu_us, cell: (row) => f.took(row.cpu_us), align: "right" },
    { key: "memory", title: t("plugin.memory"), text: (row) => row.memory_peak_bytes, cell: (row) => f.bytes(row.memory_peak_bytes), align: "right" },
    { key: "calls", title: t("plugin.hostCalls"), text: (row) => row.host_calls, cell: (row) => f.number(row.host_calls), align: "right" },
    { key: "error", title: t("plugin.error"), text: (row) => row.error ?? "", cell: (row) => row.error ?? "—" },
  ];
  return (
    <CursorTable<Run>
      name="runs"
      label={t("plugin.tab.runs")}
      columns={columns}
      rowKey={(row) => row.id}
      of={["installations", installation, "runs", outcome]}
      page={(cursor, limit) => answer(api.GET("/api/v1/installations/{id}/runs", { params: { path: { id: installation }, query: { outcome, cursor, limit } } }))}
      at={search}
      onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
      refresh={10_000}
      empty={<Empty title={outcome ? t("table.noFit") : t("plugin.noRuns")} what={outcome ? undefined : t("plugin.noRunsWhat")} />}
      tools={
        <Select
          allowClear
          aria-label={t("plugin.outcome")}
          placeholder={t("plugin.outcome")}
          style={{ width: 160 }}
          value={outcome}
          options={OUTCOMES.map((value) => ({ value, label: code("outcome", value) }))}
          onChange={(next) => void navigate({ search: (old) => ({ ...old, outcome: next, cursor: undefined }) })}
        />
      }
    />
  );
}
