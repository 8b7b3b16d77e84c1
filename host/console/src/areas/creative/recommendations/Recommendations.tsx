/** Every question to a recommender and what it answered. */
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import { useActor } from "@/api/actor";
import { useMay } from "@/api/me";
import { campaignNamesQuery } from "@/areas/campaign/questions";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { CreativeTabs } from "../CreativeTabs";
import { installationsQuery } from "../messages/channels";
import { briefOf } from "./brief";

type Recommendation = Schemas["Recommendation"];
const route = getRouteApi("/in/creative/recommendations");

export function Recommendations() {
  const { t, f, code } = useWords();
  const may = useMay();
  const who = useActor();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const campaigns = useQuery({ ...campaignNamesQuery, enabled: may("campaign.read") });
  const installations = useQuery({ ...installationsQuery, enabled: may("plugins.read") });
  const campaign = (row: Recommendation) => {
    const { campaign: id } = briefOf(row.brief);
    return id === undefined ? undefined : { id, name: campaigns.data?.items.find((one) => one.id === id)?.name ?? id };
  };
  const by = (row: Recommendation) => installations.data?.items.find((one) => one.id === row.installation)?.name ?? row.installation;
  const columns: Column<Recommendation>[] = [
    { key: "kind", title: t("recommend.what"), text: (row) => code("recommend.kind", row.kind), cell: (row) => <Link to="/creative/recommendations/$id" params={{ id: row.id }}>{code("recommend.kind", row.kind)}</Link> },
    { key: "objective", title: t("recommend.objective"), text: (row) => briefOf(row.brief).objective, cell: (row) => briefOf(row.brief).objective || "—" },
    {
      key: "campaign",
      title: t("creative.campaign"),
      text: (row) => campaign(row)?.name,
      cell: (row) => {
        const one = campaign(row);
        return one ? <Link to="/campaigns/$id" params={{ id: one.id }}><bdi>{one.name}</bdi></Link> : "—";
      },
    },
    { key: "at", title: t("recommend.at"), text: (row) => briefOf(row.brief).at, cell: (row) => f.time(briefOf(row.brief).at) },
    { key: "candidates", title: t("recommend.candidates"), text: (row) => briefOf(row.brief).candidates, cell: (row) => f.number(briefOf(row.brief).candidates), align: "right" },
    { key: "plugin", title: t("recommend.by"), text: by, cell: (row) => <bdi>{by(row)}</bdi> },
    { key: "who", title: t("recommend.askedBy"), text: (row) => who(row.created_by), cell: (row) => who(row.created_by), hidden: true },
    { key: "created", title: t("recommend.asked"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at), hidden: true },
  ];
  const make = may("creative.write") && (
    <LinkButton to="/creative/recommendations/new" type="primary" icon={<PlusOutlined />}>
      {t("recommend.new")}
    </LinkButton>
  );
  return (
    <Page title={t("recommend.all")} lead={t("recommend.lead")} help={["recommend.help.what", "recommend.help.people", "recommend.help.at"]} actions={make}>
      <CreativeTabs at="recommendations" />
      <CursorTable<Recommendation>
        name="recommendations"
        label={t("recommend.all")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["recommendations", "list"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/recommendations", { params: { query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: at })}
        empty={<Empty title={t("recommend.none")} what={t("recommend.noneWhat")} action={make} />}
      />
    </Page>
  );
}
