/** A sender to be made or changed. */
import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, Select } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { present } from "@/api/problem";
import { sendersQuery } from "@/areas/campaign/questions";
import { EditDialog, useEdit, useMake } from "@/parts/edit";
import { useWords } from "@/words";

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
  const making = useMake<SenderValues>({ channel: "email", ...(brands[0] && { brand: brands[0].id }) }, async (values) => {
    await answer(api.POST("/api/v1/senders", { body: clean(values) }));
    await queries.invalidateQueries({ queryKey: sendersQuery.queryKey });
    return onClose;
  });
  return (
    <EditDialog of={making} title={t("admin.senderNew")} onClose={onClose}>
      <Fields brands={brands} />
    </EditDialog>
  );
}

function Change({ sender, brands, onClose }: Props & { sender: Sender }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const edit = useEdit<Sender, SenderValues>({
    held: sender,
    pick: ({ name, channel, address, reply_to, brand }) => ({ name, channel, address, reply_to, brand: brand ?? null }),
    names: { name: t("admin.name"), channel: t("admin.channel"), address: t("admin.senderAddress"), reply_to: t("admin.replyTo"), brand: t("admin.brand") },
    read: async () => present((await answer(api.GET("/api/v1/senders"))).items.find((one) => one.id === sender.id), t("error.notFound")),
    save: (version, values) => answer(api.PUT("/api/v1/senders/{id}", { params: { path: { id: sender.id } }, headers: ifMatch(version), body: clean(values) })),
    onSaved: () => {
      void queries.invalidateQueries({ queryKey: sendersQuery.queryKey });
      onClose();
    },
  });
  return (
    <EditDialog of={edit} title={t("admin.editOf", { name: sender.name })} onClose={onClose}>
      <Fields brands={brands} />
    </EditDialog>
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
