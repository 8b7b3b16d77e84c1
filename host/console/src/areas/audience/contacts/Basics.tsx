/** Name, language, zone and region of a contact; changed against the version that was read. */
import { EditOutlined } from "@ant-design/icons";
import { Button, Card, Descriptions, Form, Input } from "antd";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { EditDialog, useEdit } from "@/parts/edit";
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
  const { again } = useProfileTaken(contact.id);
  const at = { params: { path: { id: contact.id } } };
  const edit = useEdit<Contact, Values>({
    held: contact,
    pick: (held) => Object.fromEntries(FIELDS.map((field) => [field, held[field]])) as Values,
    names: Object.fromEntries(FIELDS.map((field) => [field, t(`contact.field.${field}`)])),
    save: (version, body) => answer(api.PATCH("/api/v1/contacts/{id}", { ...at, headers: ifMatch(version), body })),
    read: () => answer(api.GET("/api/v1/contacts/{id}", at)),
    onSaved: (_, whose) => {
      void again();
      if (whose === "mine") onClose();
    },
  });
  return (
    <EditDialog of={edit} title={t("contact.edit")} onClose={onClose}>
      {FIELDS.map((field) => (
        <Form.Item key={field} name={field} label={t(`contact.field.${field}`)} extra={field === "locale" || field === "zone" ? t(`contact.hint.${field}`) : undefined}>
          <Input />
        </Form.Item>
      ))}
    </EditDialog>
  );
}
