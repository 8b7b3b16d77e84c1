/** The words of a lesson, in both languages, and what it is found by. */
import { App, Button, Card, Flex, Form, Input, Select } from "antd";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { ProblemError } from "@/api/problem";
import { ConflictDialog, LeaveGuard, useAction, useSubmit, type Difference } from "@/parts/forms";
import { useWords } from "@/words";

type Lesson = Schemas["Lesson"];
type Values = Pick<Lesson, (typeof FIELDS)[number]>;

const FIELDS = ["texts", "kind", "objective", "tags"] as const;
const LANGUAGES = ["en", "zh-CN"] as const;

const pick = ({ texts, kind, objective, tags }: Lesson): Values => ({ texts, kind, objective, tags });

export function LessonForm({ lesson, onSaved, onCancel }: { lesson: Lesson; onSaved: (lesson: Lesson) => void; onCancel: () => void }) {
  const { t, code } = useWords();
  const [form] = Form.useForm<Values>();
  const [dirty, setDirty] = useState(false);
  const [base, setBase] = useState(lesson);
  const [theirs, setTheirs] = useState<Lesson>();
  const { message } = App.useApp();
  const { failed } = useAction();

  async function send(version: number, values: Values) {
    const next = await answer(api.PATCH("/api/v1/lessons/{id}", { params: { path: { id: lesson.id } }, headers: ifMatch(version), body: { ...values, texts: written(values.texts) } }));
    setDirty(false);
    void message.success(t("form.saved"));
    onSaved(next);
  }

  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    try {
      await send(base.version, values);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 412) throw error;
      setTheirs(await answer(api.GET("/api/v1/lessons/{id}", { params: { path: { id: lesson.id } } })));
    }
  });

  return (
    <>
      <LeaveGuard dirty={dirty} />
      {alert}
      <Form<Values> form={form} layout="vertical" initialValues={pick(lesson)} onValuesChange={() => setDirty(true)} onFinish={(values) => void submit(values)} disabled={busy}>
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
        <Flex gap={8} className="panel">
          <Button type="primary" htmlType="submit" loading={busy} disabled={!dirty}>
            {t("form.save")}
          </Button>
          <Button onClick={onCancel}>{t("form.cancel")}</Button>
        </Flex>
      </Form>
      <ConflictDialog
        open={theirs !== undefined}
        differences={theirs ? differences(pick(theirs), form.getFieldsValue(), (field) => t(`lesson.field.${field}`)) : []}
        onTheirs={() => {
          if (!theirs) return;
          setBase(theirs);
          form.setFieldsValue(pick(theirs));
          setDirty(false);
          setTheirs(undefined);
        }}
        onMine={() => {
          if (!theirs) return;
          setTheirs(undefined);
          void send(theirs.version, form.getFieldsValue()).catch(failed);
        }}
      />
    </>
  );
}

/** A language without a title is a language it is not written in. */
function written(texts: Schemas["LessonTexts"]): Schemas["LessonTexts"] {
  return Object.fromEntries(LANGUAGES.flatMap((one) => (texts[one]?.title ? [[one, texts[one]]] : [])));
}

function differences(theirs: Values, mine: Values, name: (field: (typeof FIELDS)[number]) => string): Difference[] {
  const shown = (field: (typeof FIELDS)[number], values: Values) =>
    field === "texts" ? LANGUAGES.map((one) => [values.texts[one]?.title, values.texts[one]?.text].filter(Boolean).join("\n")).join("\n\n") : field === "tags" ? values.tags.join(", ") : values[field];
  return FIELDS.filter((field) => shown(field, theirs) !== shown(field, mine)).map((field) => ({ field: name(field), mine: shown(field, mine), theirs: shown(field, theirs) }));
}
