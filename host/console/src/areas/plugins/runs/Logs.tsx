/** Log lines of the newest runs, the latest first. The API keeps them by run; looked at again while they are watched. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Select, Typography } from "antd";
import { useState } from "react";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag, type Mood } from "@/parts/StateTag";
import { useWords } from "@/words";
import { lastRunsQuery, runQuery } from "../questions";
import { listOf, type LogLine } from "../shapes";

/** Runs whose lines are shown, and how often new ones are looked for. */
const RUNS = 25;
const LOOK_AGAIN_MS = 3_000;
const LEVELS = ["trace", "debug", "info", "warn", "error"];
const MOODS: Record<string, Mood> = { error: "bad", warn: "warning", info: "good" };
const route = getRouteApi("/in/plugins/$id");

interface Line extends LogLine {
  key: string;
  run: string;
  at: string;
}

export function Logs({ installation }: { installation: string }) {
  const { t, f, code } = useWords();
  const { level } = route.useSearch();
  const navigate = route.useNavigate();
  const [still, setStill] = useState(false);
  const last = useQuery({ ...lastRunsQuery(installation, RUNS), refetchInterval: still ? false : LOOK_AGAIN_MS });
  const runs = useQueries({ queries: (last.data?.items ?? []).map((one) => runQuery(one.id)) });
  if (last.isError) return <ProblemAlert error={last.error} onRetry={() => void last.refetch()} />;
  const lines: Line[] = runs.flatMap(({ data }) =>
    data ? listOf<LogLine>(data.logs).map((line, at) => ({ ...line, key: `${data.id} ${String(at)}`, run: data.id, at: data.started_at })).reverse() : [],
  );
  const least = LEVELS.indexOf(level ?? "trace");
  const rows = lines.filter((one) => LEVELS.indexOf(one.level) >= least || !LEVELS.includes(one.level));
  const fields = (row: Line) => listOf<[string, string]>(row.fields).map(([name, value]) => `${name}=${value}`).join(" ");
  const columns: Column<Line>[] = [
    {
      key: "at",
      title: t("plugin.runBegan"),
      text: (row) => row.at,
      cell: (row) => (
        <Link to="/plugins/$id/runs/$run" params={{ id: installation, run: row.run }}>
          {f.time(row.at)}
        </Link>
      ),
    },
    { key: "level", title: t("log.level"), text: (row) => row.level, cell: (row) => <StateTag mood={MOODS[row.level] ?? "quiet"}>{code("log.level", row.level)}</StateTag> },
    { key: "message", title: t("log.message"), text: (row) => row.message, cell: (row) => <span className="mono plain">{row.message}</span> },
    { key: "fields", title: t("log.fields"), text: fields, cell: (row) => <span className="mono">{fields(row) || "—"}</span> },
  ];
  return (
    <>
      <Typography.Paragraph type="secondary" role="status">
        {still ? t("log.still") : t("log.live", { n: RUNS })}
      </Typography.Paragraph>
      <DataTable<Line>
        name="plugin-logs"
        label={t("plugin.logs")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.key}
        loading={last.isPending}
        empty={<Empty title={level ? t("table.noFit") : t("log.none")} {...(!level && { what: t("log.noneWhat") })} />}
        tools={
          <>
            <Select
              allowClear
              aria-label={t("log.least")}
              placeholder={t("log.least")}
              style={{ width: 180 }}
              value={level}
              options={LEVELS.map((value) => ({ value, label: code("log.level", value) }))}
              onChange={(next) => void navigate({ search: (old) => ({ ...old, level: next }) })}
            />
            <Button onClick={() => setStill(!still)} aria-pressed={still}>
              {still ? t("log.goOn") : t("log.stop")}
            </Button>
          </>
        }
      />
    </>
  );
}
