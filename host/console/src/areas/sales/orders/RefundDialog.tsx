/** Paying back of an order's line: the whole of it, or a part. The API knows how much of the line remains. */
import { useQueryClient } from "@tanstack/react-query";
import { App, Form, Input, InputNumber, Modal, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { InstantInput, MoneyInput } from "@/parts/fields";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";

interface Values {
  amount_minor: number;
  quantity?: number | null;
  number?: string;
  at?: string | null;
}

interface Props {
  order: Schemas["Order"];
  line: Schemas["OrderLine"];
  onClose: () => void;
}

export function RefundDialog({ order, line, onClose }: Props) {
  const { t, f } = useWords();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const { busy, submit, alert } = useSubmit(form, async ({ amount_minor, quantity, number, at }: Values) => {
    const made = await answer(
      api.POST("/api/v1/refunds", { body: { sales_order: order.id, line: line.line, amount_minor, quantity: quantity ?? 0, number: number || null, at: at ?? null } }),
    );
    await queries.invalidateQueries({ queryKey: ["refunds"] });
    void queries.invalidateQueries({ queryKey: ["metrics"] });
    void message.success(t("refund.made", { amount: f.money(made.amount.minor, made.amount.currency) }));
    onClose();
  });
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <Modal open title={t("refund.of", { line: line.line, number: order.number })} onCancel={onClose} onOk={() => form.submit()} okText={t("refund.make")} cancelText={t("form.cancel")} confirmLoading={busy}>
      <Typography.Paragraph>{t("refund.paid", { sku: line.sku, amount: f.money(line.amount.minor, line.amount.currency), quantity: line.quantity })}</Typography.Paragraph>
      {alert}
      <Form form={form} layout="vertical" initialValues={{ amount_minor: line.amount.minor, quantity: Math.max(line.quantity, 0) }} onFinish={(values) => void submit(values)}>
        <Form.Item name="amount_minor" label={t("refund.amount")} rules={needed}>
          <MoneyInput currency={line.amount.currency} />
        </Form.Item>
        <Form.Item name="quantity" label={t("refund.quantity")} extra={t("refund.quantityHelp")}>
          <InputNumber min={0} style={{ width: 200 }} />
        </Form.Item>
        <Form.Item name="at" label={t("why.at")} extra={t("refund.atHelp")}>
          <InstantInput />
        </Form.Item>
        <Form.Item name="number" label={t("sales.number")} extra={t("refund.numberHelp")}>
          <Input maxLength={100} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
