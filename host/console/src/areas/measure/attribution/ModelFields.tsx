/** The models to be run: every installed one, the rules it offers, and its settings for this run. */
import { getDefaultFormState } from "@rjsf/utils";
import { useQuery } from "@tanstack/react-query";
import { Checkbox, Collapse, Flex, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { installationsQuery } from "@/areas/plugins/questions";
import { formData, formSchema } from "@/areas/plugins/settings/schema";
import { interpreted } from "@/areas/plugins/validator";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { SchemaFields } from "../SchemaFields";
import { rulesOf, withoutRule, type ModelChoice } from "./models";

type Installation = Schemas["Installation"];

export function ModelFields({ id, value = [], onChange }: { id?: string; value?: ModelChoice[]; onChange?: (value: ModelChoice[]) => void }) {
  const { t } = useWords();
  const may = useMay();
  const asked = useQuery(installationsQuery);
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const installed = asked.data.items.filter((one) => one.kinds.includes("attribution") && one.active && one.enabled);
  if (installed.length === 0) {
    return (
      <Empty
        title={t("attribution.noModel")}
        what={t("attribution.noModelWhat")}
        action={may("plugins.write") && <LinkButton to="/plugins/install">{t("attribution.install")}</LinkButton>}
      />
    );
  }
  const change = (next: ModelChoice) => onChange?.([...value.filter((one) => one.installation !== next.installation), next]);
  const drop = (installation: string) => onChange?.(value.filter((one) => one.installation !== installation));
  return (
    <div id={id} role="group" aria-label={t("attribution.models")}>
      {installed.map((one) => (
        <Model key={one.id} installation={one} choice={value.find((other) => other.installation === one.id)} onChange={change} onDrop={() => drop(one.id)} />
      ))}
    </div>
  );
}

interface Props {
  installation: Installation;
  choice: ModelChoice | undefined;
  onChange: (choice: ModelChoice) => void;
  onDrop: () => void;
}

function Model({ installation, choice, onChange, onDrop }: Props) {
  const { t, code, language } = useWords();
  const rules = rulesOf(installation.settings_schema);
  const schema = withoutRule(installation.settings_schema);
  const fresh = (): ModelChoice => {
    const made = formSchema(schema, language).schema;
    const before = (getDefaultFormState(interpreted, made, formData(installation.settings, ["model"]), made) as Record<string, unknown> | undefined) ?? {};
    return { installation: installation.id, rules: [], before, settings: structuredClone(before) };
  };
  const settings = Object.keys((schema.properties as object | undefined) ?? {}).length > 0;
  return (
    <fieldset className="rows">
      {rules.length > 0 ? (
        <Flex vertical gap={8}>
          <Typography.Text strong>
            <bdi>{installation.name}</bdi>
          </Typography.Text>
          <Checkbox.Group
            aria-label={installation.name}
            value={choice?.rules ?? []}
            options={rules.map((rule) => ({ value: rule, label: code("attribution.model", rule) }))}
            onChange={(next) => (next.length > 0 ? onChange({ ...(choice ?? fresh()), rules: next }) : onDrop())}
          />
        </Flex>
      ) : (
        <Checkbox checked={choice !== undefined} onChange={(event) => (event.target.checked ? onChange(fresh()) : onDrop())}>
          <bdi>{code("attribution.model", installation.name)}</bdi>
        </Checkbox>
      )}
      {choice && settings && (
        <Collapse
          ghost
          size="small"
          items={[
            {
              key: "settings",
              label: t("attribution.settingsOwn"),
              children: <SchemaFields schema={schema} values={choice.settings} prefix={`model-${installation.id}`} onChange={(next) => onChange({ ...choice, settings: next })} />,
            },
          ]}
        />
      )}
    </fieldset>
  );
}
