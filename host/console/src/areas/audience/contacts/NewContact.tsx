/** A contact made by hand: a name, and what one is reached by. */
import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { answer, api } from "@/api/client";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";

interface Values {
  name: string;
  email?: string;
  phone?: string;
  locale?: string;
}

export function NewContact() {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon={<PlusOutlined />} onClick={() => setOpen(true)}>
        {t("contact.new")}
      </Button>
      {open && <Ask onClose={() => setOpen(false)} />}
    </>
  );
}

function Ask({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const [form] = Form.useForm<Values>();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { busy, submit, alert } = useSubmit(form, async ({ name, email, phone, locale }: Values) => {
    const identities = [
      ...(email ? [{ kind: "email" as const, value: email }] : []),
      ...(phone ? [{ kind: "phone" as const, value: phone }] : []),
    ];
    const made = await answer(api.POST("/api/v1/contacts", { body: { name, identities, ...(locale && { locale }) } }));
    await queries.invalidateQueries({ queryKey: ["contacts"] });
    await navigate({ to: "/audience/contacts/$id", params: { id: made.id } });
  });
  return (
    <Modal open title={t("contact.new")} onCancel={onClose} onOk={() => form.submit()} okText={t("form.create")} confirmLoading={busy} mask={{ closable: false }}>
      {alert}
      <Form form={form} layout="vertical" onFinish={(values) => void submit(values)}>
        <Form.Item name="name" label={t("contact.name")} rules={[{ required: true, message: t("form.needed") }]}>
          <Input autoFocus />
        </Form.Item>
        <Form.Item name="email" label={t("identity.email")}>
          <Input type="email" autoComplete="off" />
        </Form.Item>
        <Form.Item name="phone" label={t("identity.phone")} extra={t("contact.phoneHelp")}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="locale" label={t("contact.locale")} extra={t("contact.hint.locale")}>
          <Input />
        </Form.Item>
      </Form>
    </Modal>
  );
}
