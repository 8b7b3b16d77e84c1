/** The settings of a plugin, drawn from its JSON Schema; secrets can be replaced and never read back. */
import { useQueryClient } from "@tanstack/react-query";
import { generateForm } from "@rjsf/antd";
import { getDefaultFormState } from "@rjsf/utils";
import { Alert, App, Button, Flex } from "antd";
import { useMemo, useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { namePath, ProblemError } from "@/api/problem";
import { useConflict } from "@/parts/conflict";
import { Empty } from "@/parts/Empty";
import { LeaveGuard, useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { installationQuery } from "../questions";
import { AccountField } from "./AccountField";
import { differing, formData, formSchema, patchOf, secretNames } from "./schema";
import { Secret } from "./Secret";
import { interpreted } from "../validator";

type Installation = Schemas["Installation"];
type Values = Record<string, unknown>;

const SettingsForm = generateForm<Values>();

export function Settings({ installation }: { installation: Installation }) {
  const { t, language } = useWords();
  const may = useMay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const secrets = secretNames(installation.settings_schema);
  const made = useMemo(() => formSchema(installation.settings_schema, language), [installation.settings_schema, language]);
  // With the schema's defaults, as the form shows them: only what differs from this was typed.
  const shown = (from: Installation): Values =>
    (getDefaultFormState(interpreted, made.schema, formData(from.settings, secrets), made.schema) as Values | undefined) ?? {};
  const [base, setBase] = useState(installation);
  const [start, setStart] = useState<Values>(() => shown(installation));
  const [values, setValues] = useState<Values>(start);
  const dirty = Object.keys(patchOf(start, values, secrets)).length > 0;
  const at = { params: { path: { id: base.id } } };
  const { save, busy, alert, refused, dialog } = useConflict<Installation>({
    send: (version) => answer(api.PATCH("/api/v1/installations/{id}", { ...at, headers: ifMatch(version), body: { settings: patchOf(start, values, secrets) as Record<string, never> } })),
    read: () => answer(api.GET("/api/v1/installations/{id}", at)),
    differences: (theirs) => differing(theirs.settings, { ...start, ...values }, secrets, t("conflict.secret")).map(({ name, a, b }) => ({ field: name, theirs: a, mine: b })),
    // The version counts every change of the installation: a canary that began is no conflict of settings.
    touched: (theirs) => differing(base.settings, theirs.settings).length > 0,
    taken: (next, whose) => {
      queries.setQueryData(installationQuery(base.id).queryKey, next);
      setBase(next);
      setStart(shown(next));
      setValues(shown(next));
      if (whose === "mine") void message.success(t("form.saved"));
    },
  });
  const empty = Object.keys(made.schema.properties ?? {}).length === 0;
  if (empty) return <Empty title={t("plugin.noSettings")} />;
  const set = base.settings as Record<string, { set?: boolean } | undefined>;
  return (
    <div className="settings">
      <LeaveGuard dirty={dirty} />
      {alert}
      <SettingsForm
        schema={made.schema}
        uiSchema={made.ui}
        validator={interpreted}
        formData={values}
        extraErrors={fieldErrors(refused)}
        disabled={busy || !may("plugins.write")}
        widgets={{ secret: Secret }}
        fields={{ account: AccountField }}
        formContext={{ isSet: (name: string) => set[name]?.set === true, dropped: (name: string) => values[name] === null }}
        idPrefix="setting"
        showErrorList={false}
        // The API checks the schema, in the language of the page; its answer is laid on the fields.
        noValidate
        noHtml5Validate
        onChange={({ formData: next }) => setValues(next ?? {})}
        onSubmit={() => save(base.version)}
      >
        <Flex gap={8}>
          {may("plugins.write") && (
            <Button type="primary" htmlType="submit" loading={busy} disabled={!dirty}>
              {t("form.save")}
            </Button>
          )}
          <Check installation={installation} disabled={dirty} />
        </Flex>
      </SettingsForm>
      {dialog}
    </div>
  );
}

/** What the API found wrong, at the form's fields. */
function fieldErrors(refused: unknown): Record<string, { __errors: string[] }> | undefined {
  if (!(refused instanceof ProblemError)) return undefined;
  const found: Record<string, { __errors: string[] }> = {};
  for (const one of refused.problem.errors ?? []) {
    const path = namePath(one.field).filter((part) => part !== "settings");
    (found[String(path[0] ?? "")] ??= { __errors: [] }).__errors.push(one.message);
  }
  return found;
}

/** Let the plugin try its settings against the other side. */
function Check({ installation, disabled }: { installation: Installation; disabled: boolean }) {
  const { t } = useWords();
  const may = useMay();
  const [found, setFound] = useState<Schemas["SettingsCheck"]>();
  const { busy, submit, alert } = useSubmit<object>(undefined, async () => {
    setFound(await answer(api.POST("/api/v1/installations/{id}/check", { params: { path: { id: installation.id } } })));
  });
  if (!installation.active || !may("plugins.write")) return null;
  return (
    <Flex vertical gap={8}>
      <Button onClick={() => void submit({})} loading={busy} disabled={disabled}>
        {t("plugin.check")}
      </Button>
      {alert}
      {found && <Alert role="status" type={found.ok ? "success" : "error"} showIcon title={found.ok ? t("plugin.checkGood") : (found.error ?? t("plugin.checkBad"))} />}
    </Flex>
  );
}
