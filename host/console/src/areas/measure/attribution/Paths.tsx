/** Which ways people went before they converted, or did not: as a picture of their last touches, and way by way. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Card, Segmented, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { ProblemError } from "@/api/problem";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { attributionPathsQuery } from "../questions";
import { Flow } from "./Flow";
import { flowOf, wayText } from "./ways";

type Way = Schemas["AttributionPathPattern"];
const route = getRouteApi("/in/measure/attribution/$id");

export function Paths({ run }: { run: Schemas["AttributionRun"] }) {
  const { t } = useWords();
  const asked = useQuery(attributionPathsQuery(run.id));
  // A run of before ways were counted says so; it is no fault of the page.
  if (asked.error instanceof ProblemError && asked.error.status === 409) return <Older />;
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return (
    <Card className="panel" title={t("attribution.ways")}>
      <Typography.Paragraph type="secondary">{t("attribution.waysWhat")}</Typography.Paragraph>
      {asked.data.items.length === 0 ? <Empty title={t("attribution.nothing")} what={t("attribution.waysNone")} /> : <Shown paths={asked.data} run={run} />}
    </Card>
  );
}

function Older() {
  const { t } = useWords();
  return (
    <Card className="panel" title={t("attribution.ways")}>
      <Empty title={t("attribution.waysOlder")} what={t("attribution.waysOlderWhat")} />
    </Card>
  );
}

function Shown({ paths, run }: { paths: Schemas["AttributionPaths"]; run: Schemas["AttributionRun"] }) {
  const { t, f } = useWords();
  const { ways = "converted" } = route.useSearch();
  const navigate = route.useNavigate();
  const { nodes, links } = flowOf(paths.items, ways === "all", { converted: t("attribution.converted"), left: t("attribution.notConverted") });
  const columns: Column<Way>[] = [
    { key: "way", title: t("attribution.way"), text: wayText, cell: (row) => <bdi>{wayText(row)}</bdi> },
    { key: "paths", title: t("attribution.paths"), align: "right", text: (row) => row.paths, cell: (row) => f.number(row.paths) },
    { key: "conversions", title: t("attribution.conversions"), align: "right", text: (row) => row.conversions, cell: (row) => f.number(row.conversions) },
    { key: "rate", title: t("attribution.wayRate"), align: "right", text: (row) => row.conversions / row.paths, cell: (row) => f.percent(row.conversions / row.paths) },
    {
      key: "value",
      title: t("attribution.value"),
      align: "right",
      text: (row) => row.value_minor,
      cell: (row) => f.money(row.value_minor, run.value.currency),
    },
  ];
  return (
    <>
      <Segmented
        value={ways}
        aria-label={t("attribution.waysOf")}
        options={[
          { value: "converted", label: t("attribution.waysConverted") },
          { value: "all", label: t("attribution.waysAll") },
        ]}
        onChange={(value) => void navigate({ search: (old) => ({ ...old, ways: value === "all" ? ("all" as const) : undefined }), replace: true, resetScroll: false })}
      />
      {links.length === 0 ? (
        <Empty title={t("attribution.waysNobody")} what={t("attribution.waysNobodyWhat")} />
      ) : (
        <Flow
          title={t("attribution.ways")}
          name="path-flow"
          heads={{ from: t("attribution.wayFrom"), to: t("attribution.wayTo"), value: t(ways === "all" ? "attribution.paths" : "attribution.conversions") }}
          nodes={nodes}
          links={links}
          show={f.number}
          height={420}
        />
      )}
      <div className="chart-rows" style={{ maxHeight: 420 }} tabIndex={0} role="region" aria-label={t("attribution.waysTable")}>
        <DataTable name="ways" label={t("attribution.waysList")} columns={columns} rows={paths.items} rowKey={wayText} />
      </div>
      {paths.rest.paths > 0 && (
        <Typography.Paragraph type="secondary">{t("attribution.waysRest", { n: paths.others, paths: paths.rest.paths, conversions: paths.rest.conversions })}</Typography.Paragraph>
      )}
    </>
  );
}
