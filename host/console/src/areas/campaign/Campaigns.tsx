/** Every campaign: planned, running, over, and those imported from the past. */
import { PlusOutlined } from "@ant-design/icons";
import { getRouteApi, Link } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { FilterSelect } from "@/parts/FilterSelect";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { SearchBox } from "@/parts/SearchBox";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { CampaignTabs } from "./CampaignTabs";
import { CAMPAIGN_STATES, campaignMood } from "./states";

type Campaign = Schemas["Campaign"];
const route = getRouteApi("/in/campaigns");

export function Campaigns() {
  const { t, f, code } = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { q, state } = search;
  const columns: Column<Campaign>[] = [
    { key: "name", title: t("campaign.name"), text: (row) => row.name, cell: (row) => <Link to="/campaigns/$id" params={{ id: row.id }}>{row.name}</Link> },
    { key: "state", title: t("campaign.state"), text: (row) => code("campaign.state", row.state), cell: (row) => <StateTag mood={campaignMood(row.state)}>{code("campaign.state", row.state)}</StateTag> },
    { key: "code", title: t("campaign.code"), text: (row) => row.code, cell: (row) => <span className="mono">{row.code}</span> },
    { key: "kind", title: t("campaign.kind"), text: (row) => row.kind, cell: (row) => row.kind || "—" },
    { key: "objective", title: t("campaign.objective"), text: (row) => row.objective, cell: (row) => row.objective || "—" },
    { key: "starts", title: t("campaign.starts"), text: (row) => row.starts_at, cell: (row) => f.date(row.starts_at) },
    { key: "ends", title: t("campaign.ends"), text: (row) => row.ends_at, cell: (row) => f.date(row.ends_at) },
    { key: "launched", title: t("campaign.launched"), text: (row) => row.launched_at, cell: (row) => f.time(row.launched_at), hidden: true },
    { key: "budget", title: t("campaign.budget"), text: (row) => row.budget_minor, cell: (row) => f.money(row.budget_minor, row.currency), align: "right", hidden: true },
    { key: "updated", title: t("campaign.updated"), text: (row) => row.updated_at, cell: (row) => f.time(row.updated_at), hidden: true },
  ];
  const make = may("campaign.write") && (
    <LinkButton to="/campaigns/new" type="primary" icon={<PlusOutlined />}>
        {t("campaign.new")}</LinkButton>
  );
  const filtered = q !== undefined || state !== undefined;
  return (
    <Page title={t("area.campaigns")} lead={t("campaign.lead")} help={["campaign.help.list", "campaign.help.states"]} actions={make}>
      <CampaignTabs at="list" />
      <CursorTable<Campaign>
        name="campaigns"
        label={t("area.campaigns")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["campaigns", "list", q, state]}
        page={(cursor, limit) => answer(api.GET("/api/v1/campaigns", { params: { query: { search: q, state, cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={filtered ? <Empty title={t("table.noFit")} /> : <Empty title={t("campaign.none")} what={t("campaign.noneWhat")} action={make} />}
        tools={
          <>
            <SearchBox label={t("campaign.search")} value={q} onChange={(next) => void navigate({ search: (old) => ({ ...old, q: next, cursor: undefined }), replace: true })} />
            <FilterSelect
              label={t("campaign.state")}
              words={CAMPAIGN_STATES}
              name={(one) => code("campaign.state", one)}
              value={state}
              onChange={(next) => void navigate({ search: (old) => ({ ...old, state: next, cursor: undefined }) })}
            />
          </>
        }
      />
    </Page>
  );
}
