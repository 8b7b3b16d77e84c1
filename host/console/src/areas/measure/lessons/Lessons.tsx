/** The lessons: drafted from a campaign's numbers, kept by a person, offered to the next plan that fits. */
import { getRouteApi, Link } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { FilterSelect } from "@/parts/FilterSelect";
import { Page } from "@/parts/Page";
import { SearchBox } from "@/parts/SearchBox";
import { useWords } from "@/words";
import { LESSON_STATES } from "../measureRoutes";
import { MeasureTabs } from "../MeasureTabs";
import { useNames } from "../runs";
import { LessonState, titleOf } from "./lesson";

type Lesson = Schemas["Lesson"];
const route = getRouteApi("/in/measure/lessons");

export function Lessons() {
  const { t, f, code, language } = useWords();
  const names = useNames();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { q, state } = search;
  const columns: Column<Lesson>[] = [
    { key: "title", title: t("lesson.title"), text: (row) => titleOf(row, language), cell: (row) => <Link to="/measure/lessons/$id" params={{ id: row.id }}><bdi>{titleOf(row, language)}</bdi></Link> },
    { key: "state", title: t("campaign.state"), text: (row) => code("lesson.state", row.state), cell: (row) => <LessonState state={row.state} /> },
    { key: "campaign", title: t("attribution.campaign"), text: (row) => (row.campaign ? names.campaign(row.campaign) : ""), cell: (row) => (row.campaign ? <Link to="/campaigns/$id" params={{ id: row.campaign }}>{names.campaign(row.campaign)}</Link> : "—") },
    { key: "kind", title: t("campaign.kind"), text: (row) => row.kind, cell: (row) => row.kind || "—" },
    { key: "objective", title: t("campaign.objective"), text: (row) => row.objective, cell: (row) => row.objective || "—" },
    { key: "tags", title: t("lesson.tags"), text: (row) => row.tags.join(", "), cell: (row) => row.tags.join(", ") || "—" },
    { key: "kept", title: t("lesson.keptAt"), text: (row) => row.kept_at, cell: (row) => f.date(row.kept_at) },
    { key: "created", title: t("run.created"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at), hidden: true },
  ];
  const filtered = q !== undefined || state !== undefined;
  return (
    <Page title={t("measure.lessons")} lead={t("lesson.lead")} help={["lesson.help.what", "lesson.help.keep"]}>
      <MeasureTabs at="lessons" />
      <CursorTable<Lesson>
        name="lessons"
        label={t("measure.lessons")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["lessons", "list", q, state]}
        page={(cursor, limit) => answer(api.GET("/api/v1/lessons", { params: { query: { search: q, state, cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={filtered ? <Empty title={t("table.noFit")} /> : <Empty title={t("lesson.none")} what={t("lesson.noneWhat")} />}
        tools={
          <>
            <SearchBox label={t("lesson.search")} value={q} onChange={(next) => void navigate({ search: (old) => ({ ...old, q: next, cursor: undefined }), replace: true })} />
            <FilterSelect
              label={t("campaign.state")}
              words={LESSON_STATES}
              name={(one) => code("lesson.state", one)}
              value={state}
              onChange={(next) => void navigate({ search: (old) => ({ ...old, state: next, cursor: undefined }) })}
            />
          </>
        }
      />
    </Page>
  );
}
