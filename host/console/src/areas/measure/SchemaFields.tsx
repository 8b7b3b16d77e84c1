/** The fields a plugin asks for by JSON Schema, as part of a form of ours. Its texts are shown as text only. */
import { generateForm } from "@rjsf/antd";
import type { ErrorSchema, UiSchema, WidgetProps } from "@rjsf/utils";
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useMemo } from "react";
import { namePath, ProblemError } from "@/api/problem";
import { campaignNamesQuery } from "@/areas/campaign/questions";
import { formSchema } from "@/areas/plugins/settings/schema";
import { interpreted } from "@/areas/plugins/validator";
import { useWords } from "@/words";

export type Values = Record<string, unknown>;

const Fields = generateForm<Values>();

interface Props {
  schema: unknown;
  values: Values;
  onChange: (values: Values) => void;
  /** Before the ids of its fields: one of a kind on the page. */
  prefix: string;
  disabled?: boolean;
  /** The API's refusal, laid on the fields under this name. */
  refused?: unknown;
  /** Fields that are needed and empty. */
  lacking?: string[];
  under?: string;
}

export function SchemaFields({ schema, values, onChange, prefix, disabled = false, refused, lacking = [], under = "parameters" }: Props) {
  const { t, language } = useWords();
  const made = useMemo(() => formSchema(schema, language), [schema, language]);
  const needed = Object.fromEntries(lacking.map((name) => [name, { __errors: [t("form.needed")] }]));
  return (
    <div className="settings">
      <Fields
        tagName="div"
        schema={made.schema}
        uiSchema={{ ...made.ui, ...widgets(made.schema.properties ?? {}) }}
        validator={interpreted}
        formData={values}
        extraErrors={{ ...fieldErrors(refused, under), ...needed } as ErrorSchema<Values>}
        widgets={{ campaign: CampaignChoice }}
        disabled={disabled}
        idPrefix={prefix}
        showErrorList={false}
        // The API checks the schema, in the language of the page; its answer is laid on the fields.
        noValidate
        noHtml5Validate
        onChange={({ formData }) => onChange(formData ?? {})}
      >
        {/* Its own button is ours. */}
        <span />
      </Fields>
    </div>
  );
}

/** A text that is a campaign's id is chosen by name. */
function widgets(properties: Record<string, unknown>): UiSchema {
  const found: UiSchema = {};
  for (const [name, one] of Object.entries(properties)) {
    if (typeof one === "object" && one !== null && "format" in one && one.format === "campaign") found[name] = { "ui:widget": "campaign" };
  }
  return found;
}

function CampaignChoice({ id, value, onChange, disabled, required }: WidgetProps) {
  const campaigns = useQuery(campaignNamesQuery);
  return (
    <Select
      id={id}
      value={typeof value === "string" && value !== "" ? value : undefined}
      disabled={disabled ?? false}
      allowClear={!required}
      loading={campaigns.isPending}
      showSearch={{ optionFilterProp: "label" }}
      options={(campaigns.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
      onChange={(next: string | undefined) => onChange(next)}
    />
  );
}

function fieldErrors(refused: unknown, under: string): Record<string, { __errors: string[] }> {
  if (!(refused instanceof ProblemError)) return {};
  return Object.fromEntries(
    (refused.problem.errors ?? []).map((one) => [String(namePath(one.field).filter((part) => part !== under)[0] ?? ""), { __errors: [one.message] }]),
  );
}
