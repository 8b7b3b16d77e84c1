/** What happened, newest first. */
import { getRouteApi, Link } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";

type Event = Schemas["Event"];
const route = getRouteApi("/in/audience/contacts/$id");

export function Timeline({ contact }: { contact: string }) {
  const { t, f, code } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const details = (row: Event) => (row.properties && Object.keys(row.properties).length > 0 ? JSON.stringify(row.properties) : "");
  const columns: Column<Event>[] = [
    { key: "at", title: t("why.at"), text: (row) => row.at, cell: (row) => <span className="one-line">{f.time(row.at)}</span> },
    { key: "name", title: t("contact.event"), text: (row) => row.name, cell: (row) => <bdi>{row.name}</bdi> },
    { key: "kind", title: t("contact.eventKind"), text: (row) => code("event", row.kind), cell: (row) => code("event", row.kind) },
    { key: "channel", title: t("campaign.channel"), text: (row) => row.channel ?? "", cell: (row) => row.channel ?? "—" },
    {
      key: "campaign",
      title: t("area.campaigns"),
      text: (row) => row.campaign ?? "",
      cell: (row) =>
        row.campaign ? (
          <Link to="/campaigns/$id" params={{ id: row.campaign }}>
            {t("contact.openCampaign")}
          </Link>
        ) : (
          "—"
        ),
    },
    {
      key: "value",
      title: t("contact.value"),
      align: "right",
      text: (row) => row.value_minor,
      cell: (row) => (row.currency ? f.money(row.value_minor, row.currency) : "—"),
    },
    { key: "details", title: t("campaign.detail"), text: details, cell: (row) => <span className="mono">{details(row) || "—"}</span> },
    { key: "source", title: t("contact.source"), text: (row) => row.source, cell: (row) => row.source, hidden: true },
  ];
  return (
    <CursorTable<Event>
      name="timeline"
      label={t("contact.tab.timeline")}
      columns={columns}
      rowKey={(row) => row.id}
      of={["contacts", contact, "timeline"]}
      page={(cursor, limit) => answer(api.GET("/api/v1/contacts/{id}/timeline", { params: { path: { id: contact }, query: { cursor, limit } } }))}
      at={search}
      onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
      empty={<Empty title={t("contact.noEvents")} what={t("contact.noEventsWhat")} />}
    />
  );
}
