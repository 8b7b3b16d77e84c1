/** A sender to be made or changed. */
import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, Modal, Select } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { ProblemError } from "@/api/problem";
import { sendersQuery } from "@/areas/campaign/questions";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { DIALOG_FORM, submits } from "../dialog";
import { useVersioned } from "../versioned";

type Sender = Schemas["Sender"];
type SenderValues = Schemas["SenderInput"];
type Brands = Schemas["Brand"][];

interface Props {
  sender: Sender | undefined;
  brands: Brands;
  onClose: () => void;
}

export function SenderForm({ sender, ...rest }: Props) {
  return sender ? <Change sender={sender} {...rest} /> : <Make {...rest} />;
}

const clean = (values: SenderValues): SenderValues => ({ ...values, brand: values.brand ?? null, reply_to: values.reply_to ?? "" });

function Make({ brands, onClose }: Omit<Props, "sender">) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [form] = Form.useForm<SenderValues>();
  const { busy, submit, alert } = useSubmit(form, async (values: SenderValues) => {
    await answer(api.POST("/api/v1/senders", { body: clean(values) }));
    await queries.invalidateQueries({ queryKey: sendersQuery.queryKey });
    onClose();
  });
  return (
    <Modal open title={t("admin.senderNew")} onCancel={onClose} okButtonProps={submits} okText={t("form.create")} cancelText={t("form.cancel")} confirmLoading={busy}>
      {alert}
      <Form id={DIALOG_FORM} form={form} layout="vertical" initialValues={{ channel: "email", brand: brands[0]?.id }} onFinish={(values) => void submit(values)} disabled={busy}>
        <Fields brands={brands} />
      </Form>
    </Modal>
  );
}

function Change({ sender, brands, onClose }: Props & { sender: Sender }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [form] = Form.useForm<SenderValues>();
  const { busy, submit, alert, conflict } = useVersioned<Sender, SenderValues>({
    record: sender,
    form,
    values: ({ name, channel, address, reply_to, brand }) => ({ name, channel, address, reply_to, brand: brand ?? null }),
    names: { name: t("admin.name"), channel: t("admin.channel"), address: t("admin.senderAddress"), reply_to: t("admin.replyTo"), brand: t("admin.brand") },
    read: async () => {
      // The API has no address for one sender: its list does.
      const found = (await answer(api.GET("/api/v1/senders"))).items.find((one) => one.id === sender.id);
      if (!found) throw new ProblemError({ type: "about:blank", code: "not-found", status: 404, title: t("error.notFound"), detail: "" });
      return found;
    },
    save: (values, version) => answer(api.PUT("/api/v1/senders/{id}", { params: { path: { id: sender.id } }, headers: ifMatch(version), body: clean(values) })),
    onSaved: () => {
      void queries.invalidateQueries({ queryKey: sendersQuery.queryKey });
      onClose();
    },
  });
  return (
    <>
      <Modal open title={t("admin.editOf", { name: sender.name })} onCancel={onClose} okButtonProps={submits} okText={t("form.save")} cancelText={t("form.cancel")} confirmLoading={busy}>
        {alert}
        <Form id={DIALOG_FORM} form={form} layout="vertical" initialValues={sender} onFinish={(values) => void submit(values)} disabled={busy}>
          <Fields brands={brands} />
        </Form>
      </Modal>
      {conflict}
    </>
  );
}

function Fields({ brands }: { brands: Brands }) {
  const { t } = useWords();
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <>
      <Form.Item name="name" label={t("admin.name")} extra={t("admin.senderNameHelp")} rules={needed}>
        <Input autoFocus maxLength={200} autoComplete="off" />
      </Form.Item>
      <Form.Item name="channel" label={t("admin.channel")} extra={t("admin.channelHelp")} rules={needed}>
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="address" label={t("admin.senderAddress")} rules={needed}>
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="reply_to" label={t("admin.replyTo")} extra={t("admin.replyToHelp")}>
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="brand" label={t("admin.brand")}>
        <Select allowClear options={brands.map((one) => ({ value: one.id, label: one.name }))} />
      </Form.Item>
    </>
  );
}
