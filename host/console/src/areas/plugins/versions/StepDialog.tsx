/** A step that lets a version do more: said plainly, with a share for a canary, and a word of one's own where its shadow run differed. */
import { Alert, Checkbox, Form, InputNumber, Modal, Typography } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { ProblemError } from "@/api/problem";
import { useSubmit } from "@/parts/forms";
import { LinkButton } from "@/parts/LinkButton";
import { useWords, type Key } from "@/words";
import { Wishes } from "../packages/Wishes";
import { sameWishes } from "./wishes";
import { installationQuery, useTaken, versionQuery } from "../questions";

export type Step = "approve" | "approve-canary" | "approve-serve" | "canary" | "activate";

const WORDS: Record<Step, { ask: Key; what: Key; do: Key }> = {
  approve: { ask: "plugin.approveAsk", what: "plugin.approveWhat", do: "plugin.approve" },
  "approve-canary": { ask: "plugin.approveAsk", what: "plugin.approveCanaryWhat", do: "plugin.approveCanary" },
  "approve-serve": { ask: "plugin.approveAsk", what: "plugin.approveServeWhat", do: "plugin.approveServe" },
  canary: { ask: "plugin.canaryAsk", what: "plugin.canaryWhat", do: "plugin.canary" },
  activate: { ask: "plugin.activateAsk", what: "plugin.activateWhat", do: "plugin.activate" },
};

interface Props {
  step: Step;
  installation: Schemas["Installation"];
  version: Schemas["InstallationVersion"];
  onClose: () => void;
}

interface Values {
  percent?: number | null;
  accepted?: boolean;
}

export function StepDialog({ step, installation, version, onClose }: Props) {
  const { t } = useWords();
  const taken = useTaken();
  const [form] = Form.useForm<Values>();
  const words = WORDS[step];
  const { shadow } = version;
  const path = { id: installation.id, version: version.id };
  const approves = step.startsWith("approve");
  // Held as it was shown: the page behind looks again every few seconds.
  const [read, setRead] = useState({ added: version.difference.added, anew: false });
  const queries = useQueryClient();

  /** What it wishes follows its settings, which another may have changed: then it is read anew, not granted. */
  async function approve(): Promise<void> {
    // In this order: a change after the first is refused by its number, one before the second is seen.
    const held = await queries.fetchQuery({ ...installationQuery(path.id), staleTime: 0 });
    const { added } = (await queries.fetchQuery({ ...versionQuery(path.id, path.version), staleTime: 0 })).difference;
    if (!sameWishes(read.added, added)) return setRead({ added, anew: true });
    const asked = api.POST("/api/v1/installations/{id}/versions/{version}/approve", {
      params: { path },
      headers: ifMatch(held.version),
      body: { activate: step === "approve-serve", canary: step === "approve-canary" },
    });
    await taken(answer(asked));
    onClose();
  }

  const { busy, submit, alert, refused } = useSubmit(form, async (values: Values) => {
    if (approves) return approve();
    await taken(take(step, path, values));
    onClose();
  });
  // Hosts it may reach can be settings: while one is missing, neither its wishes nor its start are whole.
  const missing = version.difference.settings_missing;
  const unset = missing.length > 0 || (refused instanceof ProblemError && refused.problem.code === "invalid-settings");
  // The host asks for a person where the shadow run differed: said before, or by its refusal.
  const gate = (shadow && shadow.same < shadow.runs) || (refused instanceof ProblemError && refused.problem.code === "shadow-differs");
  const named = { name: installation.name, version: version.version };
  return (
    <Modal open title={t(words.ask, named)} onCancel={onClose} onOk={() => form.submit()} okText={t(words.do)} confirmLoading={busy} width={approves ? 820 : 520}>
      {alert}
      {unset && (
        <Alert
          type="warning"
          showIcon
          className="banner"
          title={missing.length > 0 ? t("plugin.settingsFirst", { names: missing.join(", ") }) : t("plugin.settingsUnfit")}
          action={
            <LinkButton to="/plugins/$id" params={{ id: path.id }} search={{ tab: "settings" }} size="small">
              {t("plugin.toSettings")}
            </LinkButton>
          }
        />
      )}
      {read.anew && <Alert type="warning" showIcon role="alert" className="banner" title={t("plugin.wishesChanged")} description={t("plugin.wishesChangedWhat")} />}
      <Typography.Paragraph>{t(words.what)}</Typography.Paragraph>
      {approves && <Wishes wishes={read.added} label={t("plugin.added")} {...(missing.length > 0 && { empty: t("plugin.wishesLater") })} />}
      {step === "activate" && !installation.active && <Typography.Paragraph>{t("plugin.firstServes")}</Typography.Paragraph>}
      <Form form={form} layout="vertical" className="section" onFinish={(values) => void submit(values)}>
        {step === "canary" && (
          <Form.Item name="percent" label={t("rollout.percent")} extra={t("rollout.percentLeft")}>
            <InputNumber min={1} max={90} precision={0} suffix="%" style={{ width: 160 }} />
          </Form.Item>
        )}
        {gate && !approves && (
          <>
            {shadow && <Alert type="warning" showIcon className="banner" title={t("shadow.gate", { runs: shadow.runs, same: shadow.same })} />}
            <Form.Item name="accepted" valuePropName="checked" rules={[{ validator: (_, value) => (value ? Promise.resolve() : Promise.reject(new Error(t("shadow.acceptNeeded")))) }]}>
              <Checkbox>{t("shadow.accept")}</Checkbox>
            </Form.Item>
          </>
        )}
      </Form>
    </Modal>
  );
}

function take(step: Step, path: { id: string; version: string }, { percent, accepted = false }: Values): Promise<Schemas["Installation"]> {
  const params = { params: { path } };
  if (step === "canary") return answer(api.POST("/api/v1/installations/{id}/versions/{version}/canary", { ...params, body: { percent: percent ?? null, accept_differences: accepted } }));
  return answer(api.POST("/api/v1/installations/{id}/versions/{version}/activate", { ...params, body: { accept_differences: accepted } }));
}
