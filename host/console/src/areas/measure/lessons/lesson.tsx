/** What the pages of lessons share: a lesson in the language of the page, its state, its numbers. */
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { StateTag, type Mood } from "@/parts/StateTag";
import { useWords, type Language } from "@/words";
import { catalogueQuery } from "../questions";

type Lesson = Schemas["Lesson"];
type Figure = Schemas["Figure"];

const MOODS: Record<Schemas["LessonState"], Mood> = { draft: "draft", kept: "good", archived: "quiet" };

/** The text in this language, else in the other one. */
export function textOf(lesson: Pick<Lesson, "texts">, language: Language): Schemas["LessonText"] {
  return lesson.texts[language] ?? lesson.texts.en ?? lesson.texts["zh-CN"] ?? { title: "" };
}

export const titleOf = (lesson: Pick<Lesson, "texts">, language: Language) => textOf(lesson, language).title || "—";

export function LessonState({ state }: { state: Schemas["LessonState"] }) {
  const { code } = useWords();
  return <StateTag mood={MOODS[state]}>{code("lesson.state", state)}</StateTag>;
}

/** The numbers a lesson rests on, as they were when it was drafted. */
export function Figures({ figures }: { figures: Figure[] }) {
  const { t, f } = useWords();
  const catalogue = useQuery(catalogueQuery);
  const named = (row: Figure) => catalogue.data?.items.find((one) => one.name === row.metric)?.title ?? row.metric;
  const columns: Column<Figure>[] = [
    { key: "metric", title: t("campaign.metric"), text: named, cell: named },
    { key: "value", title: t("lesson.value"), align: "right", text: (row) => row.value, cell: (row) => f.value(row.value, row.unit) },
    { key: "expected", title: t("campaign.expected"), align: "right", text: (row) => row.expected, cell: (row) => f.value(row.expected, row.unit) },
    { key: "usual", title: t("lesson.usual"), align: "right", text: (row) => row.usual, cell: (row) => (row.usual === null || row.usual === undefined ? "—" : t("lesson.usualOf", { value: f.value(row.usual, row.unit), n: row.campaigns ?? 0 })) },
  ];
  return <DataTable name="lesson-figures" label={t("lesson.figures")} columns={columns} rows={figures} rowKey={(row) => row.metric} empty={t("lesson.noFigures")} />;
}
