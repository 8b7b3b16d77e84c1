/** The first campaign: for whom and what for; its brief goes on from there. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Card, Form, Input, Select, Typography } from "antd";
import { answer, api } from "@/api/client";
import { useMay } from "@/api/me";
import { segmentsQuery } from "@/areas/campaign/questions";
import { LinkButton } from "@/parts/LinkButton";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import type { StepProps } from "./StartPage";
import { StepButtons } from "./StepButtons";

interface Values {
  name: string;
  objective?: string;
  segment?: string;
}

export function CampaignStep({ draft, keep, onDone, onBack }: StepProps) {
  const { t } = useWords();
  const may = useMay();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const segments = useQuery(segmentsQuery);
  const { busy, submit, alert } = useSubmit(form, async ({ name, objective, segment }: Values) => {
    const made = await answer(api.POST("/api/v1/campaigns", { body: { name, objective: objective ?? "", segment: segment ?? null } }));
    await queries.invalidateQueries({ queryKey: ["campaigns"] });
    onDone();
    await navigate({ to: "/campaigns/$id", params: { id: made.id }, search: { tab: "brief" } });
  });
  const none = segments.isSuccess && segments.data.items.length === 0;
  const writable = may("campaign.write");
  return (
    <Card title={t("start.step.campaign")}>
      <Typography.Paragraph type="secondary">{t("start.campaign.what")}</Typography.Paragraph>
      {alert}
      <Form name="start-campaign" form={form} layout="vertical" initialValues={draft.campaign ?? {}} disabled={busy || !writable} onValuesChange={(_, all) => keep({ campaign: all })} onFinish={(values) => void submit(values)} style={{ maxWidth: 560 }}>
        <Form.Item name="name" label={t("campaign.name")} rules={[{ required: true, message: t("form.needed") }]}>
          <Input autoFocus maxLength={200} />
        </Form.Item>
        <Form.Item name="objective" label={t("campaign.objective")} extra={t("campaign.objectiveHelp")}>
          <Input />
        </Form.Item>
        <Form.Item name="segment" label={t("campaign.segment")} extra={none ? t("start.campaign.noSegment") : t("start.campaign.segmentHelp")}>
          <Select allowClear loading={segments.isPending} options={(segments.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))} />
        </Form.Item>
      </Form>
      {none && may("audience.write") && <LinkButton to="/audience/segments">{t("start.campaign.segments")}</LinkButton>}
      <StepButtons onBack={onBack} busy={busy} label={t("start.campaign.make")} {...(writable && { form: "start-campaign" })} />
    </Card>
  );
}
