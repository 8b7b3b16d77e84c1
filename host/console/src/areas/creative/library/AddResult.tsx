/** What came of a use that the host did not see itself: kept under a label, once for each creative. */
import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Form, Input, InputNumber, Modal, Select } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay, workspaceQuery } from "@/api/me";
import { campaignNamesQuery } from "@/areas/campaign/questions";
import { InstantInput, MoneyInput } from "@/parts/fields";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";

interface Values extends Pick<Schemas["NewResult"], "label" | "objective" | "campaign" | "at" | "tried" | "reached" | "clicks"> {
  revenue?: number | null;
}

export function AddResult({ creative, onClose }: { creative: string; onClose: () => void }) {
  const { t } = useWords();
  const may = useMay();
  const { data: workspace } = useSuspenseQuery(workspaceQuery);
  const campaigns = useQuery({ ...campaignNamesQuery, enabled: may("campaign.read") });
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const { busy, submit, alert } = useSubmit(form, async ({ revenue, ...rest }: Values) => {
    const amount = revenue === null || revenue === undefined ? {} : { revenue: { minor: revenue, currency: workspace.currency } as unknown as Record<string, never> };
    await answer(api.POST("/api/v1/creatives/{id}/results", { params: { path: { id: creative } }, body: { ...rest, ...amount } }));
    await queries.invalidateQueries({ queryKey: ["creatives"] });
    onClose();
  });
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <Modal open title={t("creative.addResult")} onCancel={onClose} onOk={() => form.submit()} okText={t("form.save")} cancelText={t("form.cancel")} confirmLoading={busy} destroyOnHidden>
      {alert}
      <Form<Values> form={form} layout="vertical" onFinish={(values) => void submit(values)} disabled={busy}>
        <Form.Item name="label" label={t("creative.label")} extra={t("creative.labelHelp")} rules={needed}>
          <Input maxLength={200} autoFocus />
        </Form.Item>
        <Form.Item name="campaign" label={t("creative.campaign")}>
          <Select allowClear showSearch={{ optionFilterProp: "label" }} loading={campaigns.isLoading} options={(campaigns.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))} />
        </Form.Item>
        <Form.Item name="objective" label={t("creative.field.objectives")}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="at" label={t("creative.at")} extra={t("creative.atHelp")}>
          <InstantInput />
        </Form.Item>
        <div className="two narrow">
          <Form.Item name="tried" label={t("creative.tried")} rules={needed}>
            <InputNumber min={0} precision={0} className="wide" />
          </Form.Item>
          <Form.Item name="reached" label={t("creative.reached")} rules={needed}>
            <InputNumber min={0} precision={0} className="wide" />
          </Form.Item>
          <Form.Item name="clicks" label={t("creative.clicks")}>
            <InputNumber min={0} precision={0} className="wide" />
          </Form.Item>
          <Form.Item name="revenue" label={t("creative.revenue")}>
            <MoneyInput currency={workspace.currency} />
          </Form.Item>
        </div>
      </Form>
    </Modal>
  );
}
