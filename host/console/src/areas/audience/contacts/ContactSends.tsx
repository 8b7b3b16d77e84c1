/** What was sent to a contact, or not, each with its "why". */
import { useQueries } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { campaignQuery } from "@/areas/campaign/questions";
import { sendMood } from "@/areas/campaign/states";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";

type Send = Schemas["SendView"];
const route = getRouteApi("/in/audience/contacts/$id");

export function ContactSends({ contact }: { contact: string }) {
  const { t, f, code } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [campaigns, setCampaigns] = useState<string[]>([]);
  const known = useQueries({ queries: campaigns.map((id) => campaignQuery(id)) });
  const name = (id: string) => known.find((one) => one.data?.id === id)?.data?.name ?? t("contact.openCampaign");
  const columns: Column<Send>[] = [
    { key: "at", title: t("why.at"), text: (row) => row.settled_at ?? row.created_at, cell: (row) => f.time(row.settled_at ?? row.created_at) },
    {
      key: "campaign",
      title: t("area.campaigns"),
      text: (row) => (row.campaign ? name(row.campaign) : ""),
      cell: (row) =>
        row.campaign ? (
          <Link to="/campaigns/$id" params={{ id: row.campaign }}>
            {name(row.campaign)}
          </Link>
        ) : (
          "—"
        ),
    },
    { key: "channel", title: t("campaign.channel"), text: (row) => row.channel, cell: (row) => row.channel },
    { key: "state", title: t("campaign.state"), text: (row) => code("send.state", row.state), cell: (row) => <StateTag mood={sendMood(row.state)}>{code("send.state", row.state)}</StateTag> },
    { key: "reason", title: t("campaign.reason"), text: (row) => (row.reason ? code("send.reason", row.reason) : ""), cell: (row) => (row.reason ? code("send.reason", row.reason) : "—") },
    {
      key: "why",
      title: t("why.title"),
      text: () => "",
      cell: (row) =>
        row.campaign ? (
          <Link to="/campaigns/$id/why/$contact" params={{ id: row.campaign, contact }}>
            {t("why.open")}
          </Link>
        ) : (
          "—"
        ),
    },
  ];
  return (
    <CursorTable<Send>
      name="sends"
      label={t("contact.tab.sends")}
      columns={columns}
      rowKey={(row) => row.id}
      of={["contacts", contact, "sends"]}
      page={async (cursor, limit) => {
        const page = await answer(api.GET("/api/v1/sends", { params: { query: { contact, cursor, limit } } }));
        setCampaigns([...new Set(page.items.flatMap((one) => (one.campaign ? [one.campaign] : [])))]);
        return page;
      }}
      at={search}
      onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
      empty={<Empty title={t("contact.noSends")} what={t("contact.noSendsWhat")} />}
    />
  );
}
