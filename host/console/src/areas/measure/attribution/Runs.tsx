/** Attribution runs: who credited what to which channels; some of them chosen to be read side by side. */
import { PlusOutlined } from "@ant-design/icons";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Checkbox, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { MeasureTabs } from "../MeasureTabs";
import { lastOf, RunState, useNames } from "../runs";

type Run = Schemas["AttributionRun"];
const route = getRouteApi("/in/measure/attribution");

const COMPARED_MIN = 2;
const COMPARED_MAX = 12;

export function Runs() {
  const { t, f, code } = useWords();
  const may = useMay();
  const names = useNames();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const chosen = search.runs?.split(",") ?? [];
  const choose = (id: string, on: boolean) => {
    const next = on ? [...chosen, id] : chosen.filter((one) => one !== id);
    void navigate({ search: (old) => ({ ...old, runs: next.join(",") || undefined }), replace: true });
  };
  const columns: Column<Run>[] = [
    {
      key: "chosen",
      title: t("attribution.choose"),
      text: () => "",
      cell: (row) => (
        <Checkbox
          aria-label={t("attribution.chooseOne", { model: row.model })}
          checked={chosen.includes(row.id)}
          disabled={row.state !== "finished" || (chosen.length >= COMPARED_MAX && !chosen.includes(row.id))}
          onChange={(event) => choose(row.id, event.target.checked)}
        />
      ),
    },
    { key: "model", title: t("attribution.model"), text: (row) => code("attribution.model", row.model), cell: (row) => <Link to="/measure/attribution/$id" params={{ id: row.id }}><bdi>{code("attribution.model", row.model)}</bdi></Link> },
    { key: "state", title: t("run.state"), text: (row) => code("run.state", row.state), cell: (row) => <RunState state={row.state} /> },
    { key: "campaign", title: t("attribution.campaign"), text: (row) => (row.campaign ? names.campaign(row.campaign) : ""), cell: (row) => (row.campaign ? <Link to="/campaigns/$id" params={{ id: row.campaign }}>{names.campaign(row.campaign)}</Link> : t("attribution.allCampaigns")) },
    { key: "span", title: t("attribution.span"), text: (row) => `${row.start} ${row.end}`, cell: (row) => t("attribution.fromUntil", { from: f.date(row.start), until: f.date(lastOf(row.end)) }) },
    { key: "conversions", title: t("attribution.conversions"), text: (row) => row.conversions, cell: (row) => f.number(row.conversions), align: "right" },
    { key: "value", title: t("attribution.value"), text: (row) => row.value.minor, cell: (row) => f.money(row.value.minor, row.value.currency), align: "right" },
    { key: "conversion", title: t("attribution.conversion"), text: (row) => names.conversion(row.conversion), cell: (row) => names.conversion(row.conversion) },
    { key: "created", title: t("run.created"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at), hidden: true },
  ];
  const make = may("measure.write") && (
    <LinkButton to="/measure/attribution/new" type="primary" icon={<PlusOutlined />}>
      {t("attribution.new")}
    </LinkButton>
  );
  return (
    <Page title={t("measure.attribution")} lead={t("attribution.lead")} help={["attribution.help.what", "attribution.help.compare", "attribution.help.untouched"]} actions={make}>
      <MeasureTabs at="attribution" />
      <CursorTable<Run>
        name="attribution-runs"
        label={t("measure.attribution")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["attribution-runs", "list"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/attribution-runs", { params: { query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        refresh={5_000}
        empty={<Empty title={t("attribution.none")} what={t("attribution.noneWhat")} action={make} />}
        tools={
          <>
            {chosen.length >= COMPARED_MIN ? (
              <LinkButton size="small" to="/measure/attribution/compare" search={{ runs: chosen.join(",") }}>
                {t("attribution.compare", { n: chosen.length })}
              </LinkButton>
            ) : (
              <Typography.Text type="secondary">{t("attribution.compareHow")}</Typography.Text>
            )}
          </>
        }
      />
    </Page>
  );
}
