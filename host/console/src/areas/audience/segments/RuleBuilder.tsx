/** Groups of conditions, nested, with "not": drawn by react-querybuilder, each condition by its own small form. */
import { QueryBuilderAntD } from "@react-querybuilder/antd";
import { QueryBuilder, type ActionProps, type Field, type NotToggleProps, type RuleGroupType, type ValueEditorProps, type ValueSelectorProps } from "react-querybuilder";
import "react-querybuilder/dist/query-builder-layout.css";
import { CloseOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Checkbox, Select } from "antd";
import { useRef, useState } from "react";
import { useWords } from "@/words";
import { ConditionFields } from "./ConditionFields";
import { FAMILIES, FRESH, fromBuilder, toBuilder, type Condition, type Family, type Json } from "./rule";

interface Props {
  rule: unknown;
  onChange: (rule: Json) => void;
  disabled?: boolean;
}

const nothing = () => null;
const CONTROLS = { operatorSelector: nothing, valueEditor: Editor, actionElement: Action, removeRuleAction: Remove, removeGroupAction: Remove, combinatorSelector: Choice, fieldSelector: Choice, notToggle: Not };

export function RuleBuilder({ rule, onChange, disabled }: Props) {
  const { t, language } = useWords();
  // The builder keeps its own tree; it is read in once for each language, and from then on only told.
  const [read, setRead] = useState({ language, start: toBuilder(rule) });
  if (read.language !== language) setRead({ language, start: toBuilder(rule) });
  // It tells what it was given as soon as it stands, in its own words: nobody has changed anything then.
  const told = useRef(JSON.stringify(fromBuilder(read.start)));
  const tell = (query: RuleGroupType) => {
    const next = fromBuilder(query);
    const text = JSON.stringify(next);
    if (text === told.current) return;
    told.current = text;
    onChange(next);
  };
  const fields: Field[] = FAMILIES.map((name) => ({ name, label: t(`rule.on.${name}`), defaultValue: FRESH[name] }));
  const combinators = [
    { name: "and", label: t("rule.all") },
    { name: "or", label: t("rule.any") },
  ];
  return (
    <QueryBuilderAntD>
      <QueryBuilder
        key={language}
        defaultQuery={read.start}
        onQueryChange={tell}
        fields={fields}
        combinators={combinators}
        showNotToggle
        disabled={disabled ?? false}
        resetOnFieldChange
        getDefaultValue={(one) => FRESH[(FAMILIES as readonly string[]).includes(one.field) ? (one.field as Family) : "tag"]}
        controlElements={CONTROLS}
        controlClassnames={{ queryBuilder: "rule-builder" }}
        translations={{
          addRule: { label: t("rule.add"), title: t("rule.add") },
          addGroup: { label: t("rule.addGroup"), title: t("rule.addGroup") },
          removeRule: { label: t("rule.remove"), title: t("rule.remove") },
          removeGroup: { label: t("rule.removeGroup"), title: t("rule.removeGroup") },
          notToggle: { label: t("rule.not"), title: t("rule.notHelp") },
          fields: { title: t("rule.field") },
          combinators: { title: t("rule.combinator") },
        }}
      />
    </QueryBuilderAntD>
  );
}

function Action({ label, title, handleOnClick, disabled }: ActionProps) {
  return (
    <Button size="small" icon={<PlusOutlined />} title={title} disabled={disabled} onClick={(event) => handleOnClick(event)}>
      {label}
    </Button>
  );
}

function Choice({ title, value, options, handleOnChange, disabled }: ValueSelectorProps) {
  const choices = options.flatMap((one) => ("options" in one ? [] : [{ value: one.name, label: one.label }]));
  return <Select aria-label={title} value={value} disabled={disabled} options={choices} popupMatchSelectWidth={false} style={{ minWidth: 120 }} onChange={(next: string) => handleOnChange(next)} />;
}

function Not({ checked, label, title, handleOnChange, disabled }: NotToggleProps) {
  return (
    <Checkbox checked={checked ?? false} title={title} disabled={disabled ?? false} onChange={(event) => handleOnChange(event.target.checked)}>
      {label}
    </Checkbox>
  );
}

function Remove({ title, handleOnClick, disabled }: ActionProps) {
  return <Button size="small" type="text" icon={<CloseOutlined />} title={title} aria-label={title} disabled={disabled} onClick={(event) => handleOnClick(event)} />;
}

function Editor({ value, handleOnChange, disabled }: ValueEditorProps) {
  if (typeof value !== "object" || value === null) return null;
  return <ConditionFields condition={value as Condition} onChange={handleOnChange} disabled={disabled ?? false} />;
}
