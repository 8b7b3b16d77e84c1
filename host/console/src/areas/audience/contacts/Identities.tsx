/** What names a person in other systems. Values come as this role may see them: the API masks the rest. */
import { PlusOutlined } from "@ant-design/icons";
import { Button, Card, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useAction, useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { IDENTITY_KINDS } from "../routes";
import { isMasked } from "./mask";
import { Masked } from "./Masked";
import { useProfileTaken } from "./questions";

type Identity = Schemas["Identity"];
type New = Schemas["NewIdentity"];

export function Identities({ profile }: { profile: Schemas["Profile"] }) {
  const { t, f, code } = useWords();
  const may = useMay();
  const { ask } = useAction();
  const [adding, setAdding] = useState(false);
  const { take } = useProfileTaken(profile.contact.id);
  const write = may("audience.write");

  function remove(row: Identity) {
    // Given to one of several records that are this person: it is taken from that one.
    const params = { params: { path: { id: row.contact } }, body: { kind: row.kind, issuer: row.issuer, value: row.value } };
    ask(t("identity.removeAsk", { value: row.shown }), t("identity.removeWhat"), t("identity.remove"), async () => {
      take(await answer(api.DELETE("/api/v1/contacts/{id}/identities", params)));
    });
  }

  const columns: Column<Identity>[] = [
    { key: "kind", title: t("contact.kind"), text: (row) => code("identity", row.kind), cell: (row) => code("identity", row.kind) },
    { key: "value", title: t("contact.value"), text: (row) => row.shown, cell: (row) => <Masked shown={row.shown} /> },
    { key: "issuer", title: t("contact.issuer"), text: (row) => row.issuer, cell: (row) => row.issuer || "—", hidden: true },
    { key: "source", title: t("contact.source"), text: (row) => row.source, cell: (row) => row.source },
    { key: "at", title: t("contact.created"), text: (row) => row.created_at, cell: (row) => f.date(row.created_at) },
    ...(write
      ? [
          {
            key: "remove",
            title: t("identity.remove"),
            text: () => "",
            cell: (row: Identity) =>
              !isMasked(row.shown) && (
                <Button size="small" aria-label={t("identity.removeOne", { value: row.shown })} onClick={() => remove(row)}>
                  {t("identity.remove")}
                </Button>
              ),
          },
        ]
      : []),
  ];
  return (
    <Card className="panel" title={t("contact.identities")}>
      <DataTable
        name="identities"
        label={t("contact.identities")}
        columns={columns}
        rows={profile.identities}
        rowKey={(row) => `${row.kind} ${row.issuer} ${row.value}`}
        empty={<Empty title={t("contact.noIdentities")} />}
        tools={
          write && (
            <Button size="small" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
              {t("identity.add")}
            </Button>
          )
        }
      />
      {adding && <Add contact={profile.contact.id} onClose={() => setAdding(false)} />}
    </Card>
  );
}

function Add({ contact, onClose }: { contact: string; onClose: () => void }) {
  const { t, code } = useWords();
  const [form] = Form.useForm<New>();
  const { take } = useProfileTaken(contact);
  const { busy, submit, alert } = useSubmit(form, async (body: New) => {
    take(await answer(api.POST("/api/v1/contacts/{id}/identities", { params: { path: { id: contact } }, body })));
    onClose();
  });
  return (
    <Modal open title={t("identity.add")} onCancel={onClose} onOk={() => form.submit()} okText={t("contact.tagAdd")} confirmLoading={busy}>
      {alert}
      <Form name="identity" form={form} layout="vertical" initialValues={{ kind: "email" }} onFinish={(values) => void submit(values)}>
        <Form.Item name="kind" label={t("contact.kind")}>
          <Select options={IDENTITY_KINDS.map((value) => ({ value, label: code("identity", value) }))} />
        </Form.Item>
        <Form.Item name="value" label={t("contact.value")} rules={[{ required: true, message: t("form.needed") }]}>
          <Input autoFocus autoComplete="off" />
        </Form.Item>
        <Form.Item name="issuer" label={t("contact.issuer")} extra={t("identity.issuerHelp")}>
          <Input />
        </Form.Item>
      </Form>
    </Modal>
  );
}
