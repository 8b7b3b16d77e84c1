/** One lesson: read, edited in both languages, agreed to, put away; saved against its version. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Card, Flex } from "antd";
import { useState } from "react";
import { useActor } from "@/api/actor";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { useAction } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { MeasureTabs } from "../MeasureTabs";
import { useNames } from "../runs";
import { Figures, LessonState, textOf, titleOf } from "./lesson";
import { LessonForm } from "./LessonForm";

type Lesson = Schemas["Lesson"];
type State = Schemas["LessonState"];
const route = getRouteApi("/in/measure/lessons/$id");

const lessonKey = (id: string) => ["lessons", id];

export function LessonPage() {
  const { id } = route.useParams();
  const asked = useQuery({ queryKey: lessonKey(id), queryFn: () => answer(api.GET("/api/v1/lessons/{id}", { params: { path: { id } } })) });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Loaded key={asked.data.id} lesson={asked.data} />;
}

function Loaded({ lesson }: { lesson: Lesson }) {
  const { t, f, language } = useWords();
  const may = useMay();
  const who = useActor();
  const names = useNames();
  const queries = useQueryClient();
  const [editing, setEditing] = useState(false);
  const take = (next: Lesson) => {
    queries.setQueryData(lessonKey(next.id), next);
    void queries.invalidateQueries({ queryKey: ["lessons", "list"] });
    void queries.invalidateQueries({ queryKey: ["campaigns"] });
  };
  return (
    <Page
      title={titleOf(lesson, language)}
      lead={
        <Flex gap={12} wrap align="center">
          <LessonState state={lesson.state} />
          {lesson.kept_at && <span>{t("lesson.keptBy", { by: who(lesson.kept_by), at: f.date(lesson.kept_at) })}</span>}
          {lesson.campaign && (
            <Link to="/campaigns/$id" params={{ id: lesson.campaign }}>
              <bdi>{names.campaign(lesson.campaign)}</bdi>
            </Link>
          )}
          <span>{[lesson.kind, lesson.objective, ...lesson.tags].filter((one) => one !== "").join(" · ")}</span>
        </Flex>
      }
      help={["lesson.help.what", "lesson.help.keep"]}
      actions={may("strategy.write") && !editing && <Actions lesson={lesson} onTake={take} onEdit={() => setEditing(true)} />}
    >
      <MeasureTabs at="lessons" />
      {editing ? (
        <LessonForm
          lesson={lesson}
          onSaved={(next) => {
            take(next);
            setEditing(false);
          }}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <Card className="panel">
          <div className="plain lesson" dir="auto">
            {textOf(lesson, language).text || "—"}
          </div>
        </Card>
      )}
      <Card className="panel" title={t("lesson.figures")}>
        <Figures figures={lesson.figures} />
      </Card>
    </Page>
  );
}

function Actions({ lesson, onTake, onEdit }: { lesson: Lesson; onTake: (lesson: Lesson) => void; onEdit: () => void }) {
  const { t, language } = useWords();
  const { run, ask } = useAction();
  const navigate = route.useNavigate();
  const queries = useQueryClient();

  async function move(from: Lesson, state: State): Promise<Lesson> {
    const next = await answer(api.PATCH("/api/v1/lessons/{id}", { params: { path: { id: from.id } }, headers: ifMatch(from.version), body: { state } }));
    onTake(next);
    return next;
  }

  /** To a state, and for a while the way back. */
  function to(state: State, done: string) {
    let moved = lesson;
    const go = async () => {
      moved = await move(lesson, state);
    };
    void run(go, done, () => move(moved, lesson.state));
  }

  async function remove() {
    await api.DELETE("/api/v1/lessons/{id}", { params: { path: { id: lesson.id } } });
    await navigate({ to: "/measure/lessons", replace: true });
    await queries.invalidateQueries({ queryKey: ["lessons"] });
  }

  return (
    <>
      {lesson.state !== "kept" && (
        <Button type="primary" onClick={() => to("kept", t("lesson.kept"))}>
          {t("lesson.keep")}
        </Button>
      )}
      <Button onClick={onEdit}>{t("lesson.edit")}</Button>
      {lesson.state !== "archived" && <Button onClick={() => to("archived", t("lesson.archived"))}>{t("lesson.archive")}</Button>}
      <Button danger onClick={() => ask(t("lesson.removeAsk", { title: titleOf(lesson, language) }), t("lesson.removeWhat"), t("lesson.remove"), remove)}>
        {t("lesson.remove")}
      </Button>
    </>
  );
}
