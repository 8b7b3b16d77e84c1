/** The settings of a plugin, drawn from its JSON Schema; secrets can be replaced and never read back. */
import { useQueryClient } from "@tanstack/react-query";
import { generateForm } from "@rjsf/antd";
import { getDefaultFormState, type WidgetProps } from "@rjsf/utils";
import { Alert, App, Button, Flex, Input } from "antd";
import { useMemo, useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { namePath, ProblemError } from "@/api/problem";
import { Empty } from "@/parts/Empty";
import { ConflictDialog, LeaveGuard, useAction, useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { installationQuery } from "../questions";
import { differing, formData, formSchema, patchOf, secretNames } from "./schema";
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
  const [theirs, setTheirs] = useState<Installation>();
  const { failed } = useAction();

  function keep(changed: Installation) {
    queries.setQueryData(installationQuery(base.id).queryKey, changed);
    setBase(changed);
    setStart(shown(changed));
    setValues(shown(changed));
    setTheirs(undefined);
  }

  async function send(version: number, next: Values) {
    const settings = patchOf(start, next, secrets) as Record<string, never>;
    keep(await answer(api.PATCH("/api/v1/installations/{id}", { params: { path: { id: base.id } }, headers: ifMatch(version), body: { settings } })));
    void message.success(t("form.saved"));
  }

  const { busy, submit, alert, refused } = useSubmit<Values>(undefined, async (next) => {
    try {
      await send(base.version, next);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 412) throw error;
      const current = await answer(api.GET("/api/v1/installations/{id}", { params: { path: { id: base.id } } }));
      // The version counts every change of the installation: a canary that began is no conflict of settings.
      if (differing(base.settings, current.settings).length === 0) await send(current.version, next);
      else setTheirs(current);
    }
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
        formContext={{ isSet: (name: string) => set[name]?.set === true, dropped: (name: string) => values[name] === null }}
        idPrefix="setting"
        showErrorList={false}
        // The API checks the schema, in the language of the page; its answer is laid on the fields.
        noValidate
        noHtml5Validate
        onChange={({ formData: next }) => setValues(next ?? {})}
        onSubmit={({ formData: next }) => void submit(next ?? {})}
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
      <ConflictDialog
        open={theirs !== undefined}
        differences={theirs ? differing(theirs.settings, { ...start, ...values }, secrets).map(({ name, a, b }) => ({ field: name, theirs: a, mine: b })) : []}
        onTheirs={() => theirs && keep(theirs)}
        onMine={() => theirs && void send(theirs.version, values).catch(failed)}
      />
    </div>
  );
}

/** What the API found wrong, at the form's fields. */
function fieldErrors(refused: unknown): Record<string, { __errors: string[] }> | undefined {
  if (!(refused instanceof ProblemError)) return undefined;
  return Object.fromEntries(
    (refused.problem.errors ?? []).map((one) => {
      const path = namePath(one.field).filter((part) => part !== "settings");
      return [String(path[0] ?? ""), { __errors: [one.message] }];
    }),
  );
}

/** A secret can be replaced or taken away. What is set never comes back here, so the field always begins empty. */
function Secret({ id, value, onChange, disabled, registry, name }: WidgetProps) {
  const { t } = useWords();
  const { isSet, dropped } = registry.formContext as { isSet: (name: string) => boolean; dropped: (name: string) => boolean };
  const gone = dropped(name);
  return (
    <Flex gap={8}>
      <Input.Password
        id={id}
        value={typeof value === "string" ? value : ""}
        disabled={(disabled ?? false) || gone}
        autoComplete="new-password"
        visibilityToggle={false}
        placeholder={gone ? t("plugin.secretGoes") : isSet(name) ? t("plugin.secretSet") : t("plugin.secretNotSet")}
        onChange={(event) => onChange(event.target.value)}
      />
      {isSet(name) && (
        <Button disabled={disabled ?? false} onClick={() => onChange(gone ? "" : null)}>
          {gone ? t("plugin.secretKeep") : t("plugin.secretDrop")}
        </Button>
      )}
    </Flex>
  );
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
