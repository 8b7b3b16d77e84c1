/** The fields of a creative: what it is, what it is for, and its own text. */
import { useQuery } from "@tanstack/react-query";
import { Card, Form, Input, Radio, Select } from "antd";
import { useWords } from "@/words";
import { libraryQuery } from "../questions";
import { KINDS, ORIGINS } from "../routes";
import { apart, SEVERAL, SINGLE, together, used, type WordField } from "./words";

const LINE_MAX = 200;

export function CreativeFields({ fresh }: { fresh: boolean }) {
  const { t, code } = useWords();
  return (
    <div className="two">
      <Card className="panel" title={t("creative.about")}>
        <Form.Item name="title" label={t("creative.field.title")} rules={[{ required: true, whitespace: true, message: t("form.needed") }]}>
          <Input maxLength={LINE_MAX} autoFocus={fresh} />
        </Form.Item>
        {fresh && (
          <Form.Item name="code" label={t("creative.field.code")} extra={t("creative.codeHelp")}>
            <Input maxLength={LINE_MAX} />
          </Form.Item>
        )}
        <Form.Item name="kind" label={t("creative.field.kind")} extra={t("creative.kindHelp")}>
          <Radio.Group options={KINDS.map((value) => ({ value, label: code("creative.kind", value) }))} />
        </Form.Item>
        <Form.Item name="origin" label={t("creative.field.origin")}>
          <Radio.Group options={ORIGINS.map((value) => ({ value, label: code("creative.origin", value) }))} />
        </Form.Item>
        <Form.Item name="description" label={t("creative.field.description")}>
          <Input.TextArea className="growing" rows={2} />
        </Form.Item>
        <Form.Item name="body" label={t("creative.field.body")} extra={t("creative.bodyHelp")}>
          <Input.TextArea className="growing" rows={4} />
        </Form.Item>
        <Form.Item name="link" label={t("creative.field.link")} extra={t("creative.linkHelp")}>
          <Input type="url" maxLength={2048} />
        </Form.Item>
      </Card>
      <Card className="panel" title={t("creative.for")}>
        {SINGLE.map((field) => (
          <Form.Item key={field} name={field} label={t(`creative.field.${field}`)} extra={field === "interaction" ? t("creative.interactionHelp") : t("creative.typeHelp")}>
            <WordsInput field={field} single />
          </Form.Item>
        ))}
        {SEVERAL.map((field) => (
          <Form.Item key={field} name={field} label={t(`creative.field.${field}`)}>
            <WordsInput field={field} />
          </Form.Item>
        ))}
      </Card>
    </div>
  );
}

interface WordsProps {
  id?: string;
  value?: string;
  onChange?: (value: string) => void;
  disabled?: boolean;
  field: WordField;
  single?: boolean;
}

/** Words typed one by one; those the library uses already are offered. */
function WordsInput({ id, value, onChange, disabled, field, single }: WordsProps) {
  const { t } = useWords();
  const library = useQuery(libraryQuery);
  return (
    <Select
      {...(id && { id })}
      mode="tags"
      {...(single && { maxCount: 1 })}
      disabled={disabled ?? false}
      placeholder={t("creative.wordsHelp")}
      tokenSeparators={[",", "，", "、"]}
      options={used(library.data?.items, field)}
      value={apart(value)}
      onChange={(next: string[]) => onChange?.(together(next))}
    />
  );
}
