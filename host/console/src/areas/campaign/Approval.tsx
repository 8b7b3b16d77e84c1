/** The plan's approval: asked for by one, decided by another, void once the plan changes. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Card, Flex, Form, Input, Modal } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useActor } from "@/api/actor";
import { useMay } from "@/api/me";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { planQuery } from "./questions";

type Step = "ask" | "approve" | "reject";

export function Approval({ campaign }: { campaign: Schemas["Campaign"] }) {
  const { t, f } = useWords();
  const may = useMay();
  const who = useActor();
  const plan = useQuery(planQuery(campaign.id));
  const [step, setStep] = useState<Step>();
  if (!plan.data?.required && !plan.data?.latest) return null;
  const { approved, latest } = plan.data;
  const waits = latest?.state === "requested";
  const text = approved
    ? t("approval.given", { by: who(latest?.decided_by), at: f.time(latest?.decided_at) })
    : waits
      ? t("approval.waits", { by: who(latest.requested_by), at: f.time(latest.requested_at) })
      : latest?.state === "refused"
        ? t("approval.rejected", { answer: latest.answer })
        : t("approval.needed");
  return (
    <Card className="panel">
      <Flex justify="space-between" align="center" gap={16} wrap>
        <Alert type={approved ? "success" : "warning"} showIcon title={text} style={{ flex: 1 }} />
        {!approved && !waits && may("campaign.write") && <Button onClick={() => setStep("ask")}>{t("approval.ask")}</Button>}
        {waits && may("campaign.approve") && (
          <>
            <Button type="primary" onClick={() => setStep("approve")}>
              {t("approval.approve")}
            </Button>
            <Button danger onClick={() => setStep("reject")}>
              {t("approval.reject")}
            </Button>
          </>
        )}
      </Flex>
      {step && <StepDialog campaign={campaign.id} approval={latest?.id} step={step} onClose={() => setStep(undefined)} />}
    </Card>
  );
}

function StepDialog({ campaign, approval, step, onClose }: { campaign: string; approval: string | undefined; step: Step; onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [form] = Form.useForm<{ comment?: string }>();
  const { busy, submit, alert } = useSubmit(form, async ({ comment = "" }: { comment?: string }) => {
    if (step === "ask") await answer(api.POST("/api/v1/campaigns/{id}/approvals", { params: { path: { id: campaign } }, body: { comment } }));
    else if (approval) {
      await answer(
        api.POST("/api/v1/campaigns/{id}/approvals/{approval}/decide", {
          params: { path: { id: campaign, approval } },
          body: { approved: step === "approve", comment },
        }),
      );
    }
    await queries.invalidateQueries({ queryKey: ["campaigns", campaign, "plan"] });
    onClose();
  });
  return (
    <Modal open title={t(`approval.${step}`)} onCancel={onClose} onOk={() => form.submit()} okText={t(`approval.${step}`)} confirmLoading={busy}>
      {alert}
      <Form form={form} layout="vertical" onFinish={(values) => void submit(values)}>
        <Form.Item name="comment" label={t("approval.comment")}>
          <Input.TextArea rows={3} autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  );
}
