/** The name and address mails come from, and the postal address the law wants in them. */
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import type { StartDraft } from "./steps";

interface Values {
  brand: string;
  postal_address: string;
  name: string;
  address: string;
  reply_to?: string;
}

interface Props {
  sender: Schemas["Sender"] | undefined;
  brand: Schemas["Brand"] | undefined;
  draft: StartDraft["sender"];
  keep: (more: StartDraft["sender"]) => void;
}

export function SenderForm({ sender, brand, draft, keep }: Props) {
  const { t } = useWords();
  const may = useMay();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    const kit = { name: values.brand, postal_address: values.postal_address };
    const spoken = brand
      ? await answer(api.PUT("/api/v1/brands/{id}", { params: { path: { id: brand.id } }, headers: ifMatch(brand.version), body: kit }))
      : await answer(api.POST("/api/v1/brands", { body: kit }));
    const body = { brand: spoken.id, channel: "email", name: values.name, address: values.address, reply_to: values.reply_to ?? "" };
    if (sender) await answer(api.PUT("/api/v1/senders/{id}", { params: { path: { id: sender.id } }, headers: ifMatch(sender.version), body }));
    else await answer(api.POST("/api/v1/senders", { body }));
    keep({});
    void message.success(t("form.saved"));
    await Promise.all([queries.invalidateQueries({ queryKey: ["brands"] }), queries.invalidateQueries({ queryKey: ["senders"] })]);
  });
  const start = { brand: brand?.name, postal_address: brand?.postal_address, name: sender?.name, address: sender?.address, reply_to: sender?.reply_to, ...draft };
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <Form name="sender" form={form} layout="vertical" initialValues={start} disabled={busy || !may("creative.write")} onValuesChange={(_, all) => keep(all)} onFinish={(values) => void submit(values)}>
      {alert}
      <Form.Item name="brand" label={t("start.sender.brand")} rules={needed}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="postal_address" label={t("start.sender.postal")} extra={t("start.sender.postalHelp")} rules={needed}>
        <Input.TextArea rows={3} />
      </Form.Item>
      <Form.Item name="name" label={t("start.sender.name")} rules={needed}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="address" label={t("start.sender.address")} extra={t("start.sender.addressHelp")} rules={needed}>
        <Input type="email" autoComplete="off" />
      </Form.Item>
      <Form.Item name="reply_to" label={t("start.sender.reply")}>
        <Input type="email" autoComplete="off" />
      </Form.Item>
      <Button htmlType="submit" loading={busy}>
        {t("form.save")}
      </Button>
    </Form>
  );
}
