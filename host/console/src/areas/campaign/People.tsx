/** Who is in the ledger: one row a person, channel and occurrence, each with its "why". */
import { getRouteApi, Link } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { FilterSelect } from "@/parts/FilterSelect";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { SEND_REASONS, SEND_STATES, sendMood } from "./states";
import { UnsureActions } from "./Unsure";

type Send = Schemas["SendView"];
const route = getRouteApi("/in/campaigns/$id");

export function People({ campaign }: { campaign: string }) {
  const { t, f, code } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { state, reason } = search;
  const columns: Column<Send>[] = [
    { key: "address", title: t("campaign.address"), text: (row) => row.address ?? "", cell: (row) => <Link to="/audience/contacts/$id" params={{ id: row.contact }}>{row.address || t("campaign.noAddress")}</Link> },
    { key: "channel", title: t("campaign.channel"), text: (row) => row.channel, cell: (row) => row.channel },
    { key: "state", title: t("campaign.state"), text: (row) => code("send.state", row.state), cell: (row) => <StateTag mood={sendMood(row.state)}>{code("send.state", row.state)}</StateTag> },
    { key: "reason", title: t("campaign.reason"), text: (row) => (row.reason ? code("send.reason", row.reason) : ""), cell: (row) => (row.reason ? code("send.reason", row.reason) : "—") },
    { key: "settled", title: t("campaign.settledAt"), text: (row) => row.settled_at, cell: (row) => f.time(row.settled_at) },
    { key: "attempt", title: t("campaign.attempts"), text: (row) => row.attempt, cell: (row) => f.number(row.attempt), align: "right" },
    { key: "code", title: t("campaign.answerCode"), text: (row) => row.code ?? "", cell: (row) => row.code ?? "—" },
    { key: "detail", title: t("campaign.detail"), text: (row) => row.detail ?? "", cell: (row) => row.detail ?? "—", hidden: true },
    {
      key: "why",
      title: t("why.open"),
      text: () => "",
      cell: (row) => (
        <Link to="/campaigns/$id/why/$contact" params={{ id: campaign, contact: row.contact }}>
          {t("why.open")}
        </Link>
      ),
    },
  ];
  if (state === "uncertain") columns.splice(1, 0, { key: "decide", title: t("sales.actions"), text: () => "", cell: (row) => <UnsureActions send={row} /> });
  return (
    <CursorTable<Send>
      name="sends"
      label={t("campaign.tab.people")}
      columns={columns}
      rowKey={(row) => row.id}
      of={["campaigns", campaign, "sends", state, reason]}
      page={(cursor, limit) => answer(api.GET("/api/v1/sends", { params: { query: { campaign, state, reason, cursor, limit } } }))}
      at={search}
      onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
      empty={<Empty title={state || reason ? t("table.noFit") : t("campaign.noLedger")} what={state || reason ? undefined : t("campaign.noLedgerWhat")} />}
      tools={
        <>
          <FilterSelect label={t("campaign.state")} words={SEND_STATES} name={(one) => code("send.state", one)} value={state} width={170} onChange={(next) => void navigate({ search: (old) => ({ ...old, state: next, cursor: undefined }) })} />
          <FilterSelect label={t("campaign.reason")} words={SEND_REASONS} name={(one) => code("send.reason", one)} value={reason} width={170} onChange={(next) => void navigate({ search: (old) => ({ ...old, reason: next, cursor: undefined }) })} />
        </>
      }
    />
  );
}
