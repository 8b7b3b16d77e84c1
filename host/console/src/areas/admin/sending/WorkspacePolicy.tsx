/** The policy of the whole workspace. */
import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Form, Typography } from "antd";
import { useState } from "react";
import { useActor } from "@/api/actor";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { LeaveGuard } from "@/parts/forms";
import { useWords } from "@/words";
import { useMayEverywhere } from "../scope";
import { useVersioned } from "../versioned";
import { PARTS, rulesOf, valuesOf, type PolicyValues } from "./policy";
import { PolicyFields } from "./PolicyFields";
import { PolicyShown } from "./PolicyShown";

type Policy = Schemas["DeliveryPolicy"];

export function WorkspacePolicy({ policy }: { policy: Policy }) {
  const { t, f } = useWords();
  const who = useActor();
  const writable = useMayEverywhere()("delivery.admin");
  return (
    <>
      {policy.updated_at && <Typography.Paragraph type="secondary">{t("admin.changedBy", { who: who(policy.updated_by), at: f.time(policy.updated_at) })}</Typography.Paragraph>}
      {writable ? (
        <Change policy={policy} />
      ) : (
        PARTS.map((part) => (
          <Card key={part} className="panel" title={t(`admin.part.${part}`)}>
            <PolicyShown part={part} rules={policy} />
          </Card>
        ))
      )}
    </>
  );
}

function Change({ policy }: { policy: Policy }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [form] = Form.useForm<PolicyValues>();
  const [dirty, setDirty] = useState(false);
  const { busy, submit, alert, conflict } = useVersioned<Policy, PolicyValues>({
    record: policy,
    form,
    values: valuesOf,
    names: { caps: t("admin.part.caps"), quiet: t("admin.quietOn"), quiet_hours: t("admin.part.quiet_hours"), barred: t("admin.part.barred"), auto_pause: t("admin.part.auto_pause") },
    read: () => answer(api.GET("/api/v1/delivery-policy")),
    // What the form does not show at the moment (quiet hours that are off) is kept as it was.
    save: (values, version) => answer(api.PUT("/api/v1/delivery-policy", { headers: ifMatch(version), body: rulesOf({ ...valuesOf(policy), ...values }) })),
    onSaved: (next) => {
      setDirty(false);
      queries.setQueryData(["delivery-policy"], next);
      void queries.invalidateQueries({ queryKey: ["delivery-policy"], refetchType: "inactive" });
    },
  });
  return (
    <>
      <LeaveGuard dirty={dirty} />
      <Form form={form} layout="vertical" initialValues={valuesOf(policy)} onFinish={(values) => void submit(values)} onValuesChange={() => setDirty(true)} disabled={busy} scrollToFirstError>
        {alert}
        {PARTS.map((part) => (
          <Card key={part} className="panel" title={t(`admin.part.${part}`)}>
            <Typography.Paragraph type="secondary">{t(`admin.partWhat.${part}`)}</Typography.Paragraph>
            <PolicyFields part={part} />
          </Card>
        ))}
        <Button type="primary" htmlType="submit" loading={busy} disabled={!dirty}>
          {t("form.save")}
        </Button>
      </Form>
      {conflict}
    </>
  );
}
