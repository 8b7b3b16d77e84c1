/** The fields of the rollout policy: updates, failures, the terms of a canary, the breaker. */
import { Form, InputNumber, Radio, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { useWords } from "@/words";
import type { PolicyField } from "./policy";

const UPDATES: Schemas["Updates"][] = ["ask", "canary", "activate"];
const HELD: Schemas["Held"][] = ["activate", "wait"];

/** Numbers with their unit; what they may be the API says. */
const CANARY: [PolicyField, string][] = [
  ["canary.percent", "%"],
  ["canary.runs", ""],
  ["canary.seconds", "s"],
  ["canary.failures", ""],
  ["canary.failure_points", "%"],
  ["canary.wrong_answers", ""],
  ["canary.cost_percent", "%"],
  ["canary.cost_runs", ""],
  ["canary.cost_floor_us", "µs"],
];
const BREAKER: [PolicyField, string][] = [
  ["breaker.consecutive", ""],
  ["breaker.window_percent", "%"],
  ["breaker.cpu_ms_per_minute", "ms"],
  ["breaker.failed_cpu_ms", "ms"],
];

export function RolloutFields({ ways }: { ways: Schemas["Failure"][] }) {
  const { t } = useWords();
  return (
    <>
      <div className="two">
        <Choice name="updates" values={UPDATES} />
        <Choice name="failure" values={ways} />
      </div>
      <Typography.Title level={2} className="section">
        {t("rollout.canaryTerms")}
      </Typography.Title>
      <Choice name="canary.held" values={HELD} />
      <Numbers fields={CANARY} />
      <Typography.Title level={2} className="section">
        {t("rollout.breaker")}
      </Typography.Title>
      <Typography.Paragraph type="secondary">{t("rollout.breakerWhat")}</Typography.Paragraph>
      <Numbers fields={[...BREAKER, ["crash_loop", ""]]} empty />
    </>
  );
}

function Choice({ name, values }: { name: "updates" | "failure" | "canary.held"; values: string[] }) {
  const { t, code } = useWords();
  return (
    <Form.Item name={name.split(".")} label={t(`rollout.field.${name}`)}>
      <Radio.Group
        vertical
        options={values.map((value) => ({
          value,
          label: (
            <>
              {code(`rollout.${name}`, value)} <Typography.Text type="secondary">{code(`rollout.${name}What`, value)}</Typography.Text>
            </>
          ),
        }))}
      />
    </Form.Item>
  );
}

function Numbers({ fields, empty = false }: { fields: [PolicyField, string][]; empty?: boolean }) {
  const { t } = useWords();
  return (
    <div className="number-fields">
      {fields.map(([name, unit]) => (
        <Form.Item
          key={name}
          name={name.split(".")}
          label={t(`rollout.field.${name}`)}
          rules={empty && name !== "crash_loop" ? [] : [{ required: true, message: t("form.needed") }]}
        >
          <InputNumber min={0} precision={0} suffix={unit || undefined} placeholder={empty ? t("rollout.asHost") : undefined} style={{ width: "100%" }} />
        </Form.Item>
      ))}
    </div>
  );
}
