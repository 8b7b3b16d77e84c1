/** Name, language, zone and region of a contact; changed against the version that was read. */
import { EditOutlined } from "@ant-design/icons";
import { Button, Card, Descriptions, Form, Input, Modal } from "antd";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { differing, useConflict } from "@/parts/conflict";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { useProfileTaken } from "./questions";

type Contact = Schemas["Contact"];
const FIELDS = ["name", "first_name", "last_name", "locale", "zone", "region"] as const;
type Values = Record<(typeof FIELDS)[number], string>;

export function Basics({ profile }: { profile: Schemas["Profile"] }) {
  const { t } = useWords();
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const { contact } = profile;
  return (
    <Card
      className="panel"
      title={t("contact.basics")}
      extra={
        may("audience.write") && (
          <Button size="small" icon={<EditOutlined />} onClick={() => setEditing(true)}>
            {t("form.edit")}
          </Button>
        )
      }
    >
      <Descriptions
        column={1}
        size="small"
        items={[
          ...FIELDS.map((field) => ({ key: field, label: t(`contact.field.${field}`), children: <bdi className="plain">{contact[field] || "—"}</bdi> })),
          { key: "id", label: t("contact.id"), children: <span className="mono">{contact.id}</span> },
        ]}
      />
      {editing && <Edit contact={contact} onClose={() => setEditing(false)} />}
    </Card>
  );
}

function Edit({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { t } = useWords();
  const [form] = Form.useForm<Values>();
  const { again } = useProfileTaken(contact.id);
  const [version, setVersion] = useState(contact.version);
  const at = { params: { path: { id: contact.id } } };
  const { save, dialog } = useConflict<Contact>({
    send: (over) => answer(api.PATCH("/api/v1/contacts/{id}", { ...at, headers: ifMatch(over), body: form.getFieldsValue() })),
    read: () => answer(api.GET("/api/v1/contacts/{id}", at)),
    differences: (theirs) => differing(FIELDS, form.getFieldsValue(), theirs, (field) => t(`contact.field.${field}`)),
    taken: (held, whose) => {
      void again();
      if (whose === "mine") return onClose();
      setVersion(held.version);
      form.setFieldsValue(held);
    },
  });
  const { busy, submit, alert } = useSubmit(form, () => save(version));
  return (
    <Modal open title={t("contact.edit")} onCancel={onClose} onOk={() => form.submit()} okText={t("form.save")} confirmLoading={busy} mask={{ closable: false }}>
      {alert}
      <Form name="basics" form={form} layout="vertical" initialValues={contact} onFinish={(values) => void submit(values)}>
        {FIELDS.map((field) => (
          <Form.Item key={field} name={field} label={t(`contact.field.${field}`)} extra={field === "locale" || field === "zone" ? t(`contact.hint.${field}`) : undefined}>
            <Input />
          </Form.Item>
        ))}
      </Form>
      {dialog}
    </Modal>
  );
}
