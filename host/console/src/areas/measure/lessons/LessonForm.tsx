/** The words of a lesson, in both languages, and what it is found by. */
import { Button, Card, Form, Input, Select } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { EditForm, useEdit } from "@/parts/edit";
import { useWords } from "@/words";

type Lesson = Schemas["Lesson"];
type Texts = Schemas["LessonTexts"];
type Values = Pick<Lesson, "texts" | "kind" | "objective" | "tags">;

const LANGUAGES = ["en", "zh-CN"] as const;

export function LessonForm({ lesson, onSaved, onCancel }: { lesson: Lesson; onSaved: (lesson: Lesson) => void; onCancel: () => void }) {
  const { t, code } = useWords();
  const at = { params: { path: { id: lesson.id } } };
  const edit = useEdit<Lesson, Values>({
    held: lesson,
    // Each language has its fields, written in or not.
    pick: ({ texts, kind, objective, tags }) => ({ texts: Object.fromEntries(LANGUAGES.map((one) => [one, texts[one] ?? { title: "", text: "" }])), kind, objective, tags }),
    save: (version, values) => answer(api.PATCH("/api/v1/lessons/{id}", { ...at, headers: ifMatch(version), body: { ...values, texts: written(values.texts) } })),
    read: () => answer(api.GET("/api/v1/lessons/{id}", at)),
    onSaved: (next, whose) => whose === "mine" && onSaved(next),
    names: { texts: t("lesson.field.texts"), kind: t("lesson.field.kind"), objective: t("lesson.field.objective"), tags: t("lesson.field.tags") },
    show: (field, value) => {
      if (field === "tags") return (value as string[]).join(", ");
      return field === "texts" ? LANGUAGES.map((one) => [(value as Texts)[one]?.title, (value as Texts)[one]?.text].filter(Boolean).join("\n")).join("\n\n") : undefined;
    },
  });
  return (
    <EditForm of={edit} beside={<Button onClick={onCancel}>{t("form.cancel")}</Button>}>
      <div className="two">
        {LANGUAGES.map((one) => (
          <Card key={one} className="panel" title={code("report.locale", one)}>
            <Form.Item name={["texts", one, "title"]} label={t("lesson.title")}>
              <Input dir="auto" />
            </Form.Item>
            <Form.Item name={["texts", one, "text"]} label={t("lesson.text")}>
              <Input.TextArea rows={12} dir="auto" />
            </Form.Item>
          </Card>
        ))}
      </div>
      <Card className="panel" title={t("lesson.foundBy")}>
        <div className="two">
          <Form.Item name="kind" label={t("campaign.kind")} extra={t("campaign.kindHelp")}>
            <Input />
          </Form.Item>
          <Form.Item name="objective" label={t("campaign.objective")}>
            <Input />
          </Form.Item>
          <Form.Item name="tags" label={t("lesson.tags")}>
            <Select mode="tags" tokenSeparators={[",", "，"]} options={[]} open={false} suffixIcon={null} />
          </Form.Item>
        </div>
      </Card>
    </EditForm>
  );
}

/** A language without a title is a language it is not written in. */
function written(texts: Texts): Texts {
  return Object.fromEntries(LANGUAGES.flatMap((one) => (texts[one]?.title ? [[one, texts[one]]] : [])));
}
