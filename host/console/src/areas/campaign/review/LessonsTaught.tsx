/** What the campaign taught: drafted from its numbers, then read, mended and kept by a person. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Card, Flex, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { LessonState, textOf, titleOf } from "@/areas/measure/lessons/lesson";
import { Empty } from "@/parts/Empty";
import { useSubmit } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";

const route = getRouteApi("/in/campaigns/$id");
const LESSONS_MAX = 100;
const PREVIEW_ROWS = 4;

export function LessonsTaught({ campaign, conversion }: { campaign: string; conversion: string | undefined }) {
  const { t } = useWords();
  const may = useMay();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const asked = useQuery({
    queryKey: ["lessons", "of", campaign],
    enabled: may("strategy.read"),
    queryFn: () => answer(api.GET("/api/v1/lessons", { params: { query: { campaign, limit: LESSONS_MAX } } })),
  });
  const { busy, submit, alert } = useSubmit<object>(undefined, async () => {
    const lesson = await answer(api.POST("/api/v1/campaigns/{id}/lessons", { params: { path: { id: campaign }, query: { conversion } } }));
    await queries.invalidateQueries({ queryKey: ["lessons"] });
    await navigate({ to: "/measure/lessons/$id", params: { id: lesson.id } });
  });
  if (!may("strategy.read")) return null;
  const draft = may("strategy.write") && (
    <Button type="primary" loading={busy} onClick={() => void submit({})}>
      {t("review.draftLesson")}
    </Button>
  );
  const items = asked.data?.items ?? [];
  return (
    <Card className="panel" title={t("measure.lessons")} extra={items.length > 0 && draft}>
      {alert}
      {asked.isError ? (
        <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />
      ) : !asked.data ? (
        <Loading />
      ) : items.length === 0 ? (
        <Empty title={t("review.noLesson")} what={t("review.noLessonWhat")} action={draft} />
      ) : (
        items.map((one) => <LessonCard key={one.id} lesson={one} />)
      )}
    </Card>
  );
}

/** Kept lessons that fit the plan of a campaign, each with its reasons. */
export function LessonsThatFit({ campaign }: { campaign: string }) {
  const { t } = useWords();
  const asked = useQuery({
    queryKey: ["campaigns", campaign, "lessons"],
    queryFn: () => answer(api.GET("/api/v1/campaigns/{id}/lessons", { params: { path: { id: campaign } } })),
  });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  if (asked.data.items.length === 0) return <Empty title={t("review.noFit")} what={t("review.noFitWhat")} />;
  return (
    <>
      <Typography.Paragraph type="secondary">{t("review.fitLead")}</Typography.Paragraph>
      {asked.data.items.map(({ lesson, reasons }) => (
        <Card key={lesson.id} className="panel">
          <LessonCard lesson={lesson} reasons={reasons} />
        </Card>
      ))}
    </>
  );
}

function LessonCard({ lesson, reasons = [] }: { lesson: Schemas["Lesson"]; reasons?: string[] }) {
  const { language } = useWords();
  return (
    <Flex vertical gap={8} className="panel">
      <Flex gap={12} wrap align="center">
        <LessonState state={lesson.state} />
        <Link to="/measure/lessons/$id" params={{ id: lesson.id }}>
          <bdi>{titleOf(lesson, language)}</bdi>
        </Link>
      </Flex>
      {reasons.length > 0 && (
        <ul className="reasons">
          {reasons.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      <Typography.Paragraph className="plain" type="secondary" ellipsis={{ rows: PREVIEW_ROWS }} dir="auto">
        {textOf(lesson, language).text}
      </Typography.Paragraph>
    </Flex>
  );
}
