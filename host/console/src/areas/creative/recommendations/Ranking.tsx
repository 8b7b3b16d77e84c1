/** The ranking, best first, each place with its reasons in sentences. */
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Drawer } from "antd";
import type { Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";
import { rankingQuery } from "../questions";
import { ReasonLine, Reasons } from "./Reasons";

type Held = Schemas["Recommendation"];
type Candidate = Schemas["RankedCandidate"];
const route = getRouteApi("/in/creative/recommendations/$id");
/** Reasons in the table; all of them are a click away. */
const REASONS_SHOWN = 2;

export function Ranking({ held }: { held: Held }) {
  const { t, f } = useWords();
  const queries = useQueryClient();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const open = (place: number | undefined) => void navigate({ search: (old) => ({ ...old, place }) });
  const columns: Column<Candidate>[] = [
    { key: "place", title: t("recommend.place"), text: (row) => row.place, cell: (row) => f.number(row.place), align: "right", width: 72 },
    { key: "name", title: t("recommend.candidate"), text: (row) => row.name || row.id, cell: (row) => <div className="candidate"><CandidateName kind={held.kind} of={row} /></div> },
    { key: "score", title: t("recommend.score"), text: (row) => row.score, cell: (row) => f.number(row.score), align: "right", width: 88 },
    {
      key: "reasons",
      title: t("recommend.reasons"),
      text: (row) => row.reasons.map((one) => one.text).join(" "),
      cell: (row) => (
        <div className="reason-cell">
          {row.reasons.slice(0, REASONS_SHOWN).map((one) => (
            <ReasonLine key={one.code} of={one} />
          ))}
          {(row.reasons.length > REASONS_SHOWN || Object.keys(row.changes).length > 0) && (
            <Button type="link" size="small" className="pick" onClick={() => open(row.place)}>
              {t("recommend.allReasons", { n: row.reasons.length })}
            </Button>
          )}
        </div>
      ),
    },
    { key: "id", title: t("contact.id"), text: (row) => row.id, cell: (row) => <span className="mono">{row.id}</span>, hidden: true },
  ];
  return (
    <div className="ranking">
      <CursorTable<Candidate>
        name="ranking"
        label={t("recommend.ranking")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["recommendations", held.id, "ranking"]}
        page={(cursor, limit) => queries.fetchQuery(rankingQuery(held.id, cursor, limit))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={<Empty title={t("recommend.nobody")} what={t("recommend.nobodyWhat")} />}
      />
      {search.place !== undefined && <OnePlace held={held} place={search.place} onClose={() => open(undefined)} />}
    </div>
  );
}

function CandidateName({ kind, of }: { kind: Held["kind"]; of: Candidate }) {
  const name = <bdi>{of.name || of.id}</bdi>;
  if (kind === "contact") return <Link to="/audience/contacts/$id" params={{ id: of.id }}>{name}</Link>;
  if (kind === "creative") return <Link to="/creative/library/$id" params={{ id: of.id }}>{name}</Link>;
  return <Link to="/creative/library" search={{ type: of.id }}>{name}</Link>;
}

/** The page of the ranking that is shown has the place, unless its address was typed or shared. */
function OnePlace({ held, place, onClose }: { held: Held; place: number; onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const pages = queries.getQueriesData<Held>({ queryKey: ["recommendations", held.id] }).map(([, page]) => page);
  const one = pages.flatMap((page) => (page && Array.isArray(page.items) ? page.items : [])).find((candidate) => candidate.place === place);
  const title = t("recommend.whyPlace", { place, name: one?.name || one?.id || "" });
  return (
    <Drawer open onClose={onClose} size={560} title={title}>
      {/* Longer than its place it is read by keyboard. */}
      <div tabIndex={0} role="group" aria-label={title}>
        {one ? <Reasons of={one} /> : <Empty title={t("recommend.notHere")} />}
      </div>
    </Drawer>
  );
}
