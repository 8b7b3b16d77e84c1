/** What the workspace is called, which language it speaks, and in which zone its days are counted. */
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Card, Form, Input, Select } from "antd";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay, workspaceQuery } from "@/api/me";
import { differing, useConflict } from "@/parts/conflict";
import { useWords } from "@/words";
import { LANGUAGES } from "@/words/say";
import type { StepProps } from "./StartPage";
import { StepButtons } from "./StepButtons";

type Workspace = Schemas["Workspace"];
const FIELDS = ["name", "locale", "zone", "currency"] as const;
type Values = Pick<Workspace, (typeof FIELDS)[number]>;

const LOCALES = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }));
const ZONES = Intl.supportedValuesOf("timeZone");
const CURRENCIES = Intl.supportedValuesOf("currency");

export function WorkspaceStep({ draft, keep, onDone, onBack }: StepProps) {
  const { t, language } = useWords();
  const may = useMay();
  const { data: workspace } = useSuspenseQuery(workspaceQuery);
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const [version, setVersion] = useState(workspace.version);
  const { save, busy, alert, dialog } = useConflict<Workspace>({
    form,
    send: (over) => answer(api.PATCH("/api/v1/workspace", { headers: ifMatch(over), body: form.getFieldsValue() })),
    read: () => answer(api.GET("/api/v1/workspace")),
    differences: (theirs) => differing(FIELDS, form.getFieldsValue(), theirs, (field) => t(`start.workspace.${field}`)),
    taken: (held, whose) => {
      queries.setQueryData(workspaceQuery.queryKey, held);
      if (whose === "mine") {
        keep({ workspace: {} });
        return onDone();
      }
      setVersion(held.version);
      form.setFieldsValue(held);
    },
  });
  // Nobody has said yet where this company is: the browser's zone is a better guess than none.
  const guessed = workspace.zone === "UTC" ? Intl.DateTimeFormat().resolvedOptions().timeZone : workspace.zone;
  const start = { name: workspace.name, locale: workspace.locale, zone: guessed, currency: workspace.currency, ...draft.workspace };
  const named = new Intl.DisplayNames(language, { type: "currency" });
  const writable = may("workspace.write");
  return (
    <Card title={t("start.step.workspace")}>
      {alert}
      <Form name="start-workspace" form={form} layout="vertical" initialValues={start} disabled={busy || !writable} onValuesChange={(_, all) => keep({ workspace: all })} onFinish={() => save(version)} style={{ maxWidth: 560 }}>
        <Form.Item name="name" label={t("start.workspace.name")} extra={t("start.workspace.nameHelp")} rules={[{ required: true, message: t("form.needed") }]}>
          <Input autoFocus maxLength={200} />
        </Form.Item>
        <Form.Item name="locale" label={t("start.workspace.locale")} extra={t("start.workspace.localeHelp")}>
          <Select options={LOCALES} />
        </Form.Item>
        <Form.Item name="zone" label={t("start.workspace.zone")} extra={t("start.workspace.zoneHelp")} rules={[{ required: true, message: t("form.needed") }]}>
          <Select showSearch options={[...new Set([start.zone, "UTC", ...ZONES])].map((value) => ({ value, label: value }))} />
        </Form.Item>
        <Form.Item name="currency" label={t("start.workspace.currency")} extra={t("start.workspace.currencyHelp")} rules={[{ required: true, message: t("form.needed") }]}>
          <Select showSearch={{ optionFilterProp: "label" }} options={CURRENCIES.map((value) => ({ value, label: `${value} · ${named.of(value) ?? ""}` }))} />
        </Form.Item>
      </Form>
      {dialog}
      <StepButtons onBack={onBack} busy={busy} {...(writable ? { form: "start-workspace" } : { onNext: onDone })} />
    </Card>
  );
}
