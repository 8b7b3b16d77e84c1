/** One audience snapshot: by which rule, as of when, and who is on it. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Card, Descriptions } from "antd";
import { useActor } from "@/api/actor";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { contactColumns } from "../contacts/columns";
import { RuleShown } from "../segments/RuleShown";
import { snapshotQuery } from "./questions";

type Snapshot = Schemas["Snapshot"];
const route = getRouteApi("/in/audience/snapshots/$id");
const LOOK_AGAIN_MS = 1_000;
/** Each member is read by itself: a page is kept small. */
const PAGE = 25;

export function SnapshotPage() {
  const { id } = route.useParams();
  const asked = useQuery({ ...snapshotQuery(id), refetchInterval: (query) => (query.state.data?.complete === false ? LOOK_AGAIN_MS : false) });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Loaded snapshot={asked.data} />;
}

function Loaded({ snapshot }: { snapshot: Snapshot }) {
  const { t, f } = useWords();
  const may = useMay();
  const who = useActor();
  return (
    <Page
      title={snapshot.name}
      lead={<StateTag mood={snapshot.complete ? "good" : "busy"}>{t(snapshot.complete ? "snapshot.complete" : "snapshot.filling")}</StateTag>}
      help={["snapshot.help.what", "snapshot.help.use"]}
      terms={["snapshot", "segment"]}
      actions={
        <>
          {may("audience.export") && (
            <Button href={`/api/v1/exports/contacts?format=csv&snapshot=${snapshot.id}`} download>
              {t("snapshot.export")}
            </Button>
          )}
          {may("audience.write") && <LinkButton to="/audience/segments/new" search={{ snapshot: snapshot.id }}>{t("snapshot.use")}</LinkButton>}
        </>
      }
    >
      <Card className="panel">
        <Descriptions
          column={{ xs: 1, lg: 2 }}
          items={[
            { key: "size", label: t("segment.peopleCount"), children: f.number(snapshot.size) },
            { key: "at", label: t("snapshot.asOf"), children: f.time(snapshot.created_at) },
            {
              key: "segment",
              label: t("campaign.segment"),
              children: snapshot.segment ? (
                <Link to="/audience/segments/$id" params={{ id: snapshot.segment }}>
                  {t("why.segmentOpen")}
                </Link>
              ) : (
                "—"
              ),
            },
            { key: "by", label: t("why.actor"), children: who(snapshot.created_by) },
            { key: "rule", label: t("why.rule"), span: "filled", children: <div>{ownList(snapshot) ? t("snapshot.ownList") : <RuleShown rule={snapshot.rule} />}</div> },
          ]}
        />
      </Card>
      {snapshot.complete && <Members id={snapshot.id} />}
    </Page>
  );
}

/** A list of chosen people has a rule that names itself. */
function ownList(snapshot: Snapshot): boolean {
  const rule: { on?: unknown; id?: unknown } = snapshot.rule;
  return rule.on === "snapshot" && rule.id === snapshot.id;
}

function Members({ id }: { id: string }) {
  const words = useWords();
  const { t } = words;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <CursorTable<Schemas["Contact"]>
      name="snapshot"
      label={t("snapshot.members")}
      columns={contactColumns(words)}
      rowKey={(row) => row.id}
      of={["snapshots", id, "members"]}
      page={async (cursor, limit) => {
        const ids = await answer(api.GET("/api/v1/audience-snapshots/{id}/members", { params: { path: { id }, query: { cursor, limit } } }));
        const read = ids.items.map((one) => answer(api.GET("/api/v1/contacts/{id}", { params: { path: { id: one } } })).catch(() => undefined));
        const items = (await Promise.all(read)).filter((one): one is Schemas["Contact"] => one !== undefined);
        return { items, next: ids.next ?? null };
      }}
      sizes={[PAGE, 50]}
      at={{ ...search, size: search.size ?? PAGE }}
      onMove={(at) => void navigate({ search: at })}
      exportPage={50}
      empty={<Empty title={t("segment.nobody")} what={t("segment.nobodyWhat")} />}
    />
  );
}
