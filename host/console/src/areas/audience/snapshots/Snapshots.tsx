/** Audience snapshots: the fixed lists that were taken, latest first. */
import { getRouteApi, Link } from "@tanstack/react-router";
import { useActor } from "@/api/actor";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { Page } from "@/parts/Page";
import { SearchBox } from "@/parts/SearchBox";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { AudienceTabs } from "../AudienceTabs";
import { snapshotsPage } from "./questions";
import { TakeSnapshot } from "./TakeSnapshot";

type Snapshot = Schemas["Snapshot"];
const route = getRouteApi("/in/audience/snapshots");

export function Snapshots() {
  const { t, f } = useWords();
  const may = useMay();
  const who = useActor();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const state = (row: Snapshot) => t(row.complete ? "snapshot.complete" : "snapshot.filling");
  const columns: Column<Snapshot>[] = [
    { key: "name", title: t("segment.name"), text: (row) => row.name, cell: (row) => <Link to="/audience/snapshots/$id" params={{ id: row.id }}><bdi>{row.name}</bdi></Link> },
    { key: "state", title: t("campaign.state"), text: state, cell: (row) => <StateTag mood={row.complete ? "good" : "busy"}>{state(row)}</StateTag> },
    { key: "size", title: t("segment.peopleCount"), align: "right", text: (row) => row.size, cell: (row) => f.number(row.size) },
    { key: "at", title: t("snapshot.asOf"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at) },
    { key: "by", title: t("why.actor"), text: (row) => who(row.created_by), cell: (row) => who(row.created_by) },
  ];
  const take = may("audience.write") && <TakeSnapshot primary />;
  return (
    <Page title={t("audience.snapshots")} lead={t("snapshot.lead")} help={["snapshot.help.what", "snapshot.help.use", "snapshot.help.list"]} terms={["snapshot", "segment"]} actions={take}>
      <AudienceTabs at="snapshots" />
      <CursorTable<Snapshot>
        name="snapshots"
        label={t("audience.snapshots")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["snapshots", "list", search.q]}
        page={snapshotsPage(search.q)}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={search.q ? <Empty title={t("table.noFit")} /> : <Empty title={t("snapshot.none")} what={t("snapshot.noneWhat")} action={take} />}
        tools={<SearchBox value={search.q} label={t("snapshot.search")} onChange={(q) => void navigate({ search: (old) => ({ ...old, q, cursor: undefined }), replace: true })} />}
      />
    </Page>
  );
}
