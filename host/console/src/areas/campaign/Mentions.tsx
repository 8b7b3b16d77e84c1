/** Comments that mention whoever is signed in, newest first, each a way into its campaign. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useActor } from "@/api/actor";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { CampaignTabs } from "./CampaignTabs";
import { campaignQuery } from "./questions";

type Comment = Schemas["CampaignComment"];
const route = getRouteApi("/in/campaigns/mentions");

export function Mentions() {
  const { t, f } = useWords();
  const who = useActor();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const columns: Column<Comment>[] = [
    { key: "at", title: t("why.at"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at), width: 180 },
    { key: "author", title: t("why.actor"), text: (row) => who(row.author), cell: (row) => <bdi>{who(row.author)}</bdi> },
    { key: "body", title: t("comment.text"), text: (row) => row.body, cell: (row) => <bdi className="plain">{row.body}</bdi> },
    { key: "campaign", title: t("sales.campaign"), text: (row) => row.campaign, cell: (row) => <Open id={row.campaign} /> },
  ];
  return (
    <Page title={t("campaigns.mentions")} lead={t("comment.mentionsLead")} help={["comment.help.mentions"]}>
      <CampaignTabs at="mentions" />
      <CursorTable<Comment>
        name="mentions"
        label={t("campaigns.mentions")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["comment-mentions"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/comment-mentions", { params: { query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: at })}
        empty={<Empty title={t("comment.noMentions")} what={t("comment.noMentionsWhat")} />}
      />
    </Page>
  );
}

function Open({ id }: { id: string }) {
  const { t } = useWords();
  const asked = useQuery(campaignQuery(id));
  return (
    <Link to="/campaigns/$id" params={{ id }} search={{ tab: "comments" }}>
      <bdi>{asked.data?.name ?? t("contact.openCampaign")}</bdi>
    </Link>
  );
}
