/** Typed facts about a person: set, changed, taken away, each with the way back. */
import { PlusOutlined } from "@ant-design/icons";
import { Button, Card, Flex, Form, Input, InputNumber, Modal, Select, Switch } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { InstantInput } from "@/parts/fields";
import { useAction, useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { isMasked } from "./mask";
import { Masked } from "./Masked";
import { useProfileTaken } from "./questions";
import { kindOf, TRAIT_KINDS, type TraitKind } from "./trait";

type Trait = Schemas["Trait"];

export function Traits({ profile }: { profile: Schemas["Profile"] }) {
  const { t, f } = useWords();
  const may = useMay();
  const { run } = useAction();
  const [editing, setEditing] = useState<Trait | "new">();
  const { id } = profile.contact;
  const { take } = useProfileTaken(id);
  const set = async (key: string, value: unknown) => {
    // The document says only that a trait's value is some JSON.
    const body = { [key]: value } as Record<string, Record<string, never>>;
    take(await answer(api.PATCH("/api/v1/contacts/{id}/traits", { params: { path: { id } }, body })));
  };
  const shown = (value: unknown) => {
    const kind = kindOf(value);
    return kind === "instant" ? f.time(String(value)) : kind === "bool" ? t(value ? "form.yes" : "form.no") : kind === "number" ? f.number(Number(value)) : typeof value === "string" ? value : JSON.stringify(value);
  };
  const write = may("audience.write");
  const columns: Column<Trait>[] = [
    { key: "key", title: t("contact.trait"), text: (row) => row.key, cell: (row) => <bdi>{row.key}</bdi> },
    { key: "value", title: t("contact.value"), text: (row) => shown(row.value), cell: (row) => <Masked shown={shown(row.value)} /> },
    { key: "source", title: t("contact.source"), text: (row) => row.source, cell: (row) => row.source },
    { key: "at", title: t("contact.changed"), text: (row) => row.at, cell: (row) => f.date(row.at) },
    ...(write
      ? [
          {
            key: "change",
            title: t("form.edit"),
            text: () => "",
            // What is masked can be neither changed nor put back by whoever does not see it.
            cell: (row: Trait) => !isMasked(shown(row.value)) && (
              <Flex gap={4}>
                <Button size="small" aria-label={t("trait.editOne", { key: row.key })} onClick={() => setEditing(row)}>
                  {t("form.edit")}
                </Button>
                <Button size="small" aria-label={t("trait.removeOne", { key: row.key })} onClick={() => void run(() => set(row.key, null), t("trait.removed", { key: row.key }), () => set(row.key, row.value))}>
                  {t("identity.remove")}
                </Button>
              </Flex>
            ),
          },
        ]
      : []),
  ];
  return (
    <Card className="panel" title={t("contact.traits")}>
      <DataTable
        name="traits"
        label={t("contact.traits")}
        columns={columns}
        rows={profile.traits}
        rowKey={(row) => row.key}
        empty={<Empty title={t("contact.noTraits")} />}
        tools={
          write && (
            <Button size="small" icon={<PlusOutlined />} onClick={() => setEditing("new")}>
              {t("trait.add")}
            </Button>
          )
        }
      />
      {editing && <Edit trait={editing === "new" ? undefined : editing} onSet={set} onClose={() => setEditing(undefined)} />}
    </Card>
  );
}

interface Values {
  key: string;
  kind: TraitKind;
  text?: string;
  number?: number;
  bool?: boolean;
  instant?: string;
}

function Edit({ trait, onSet, onClose }: { trait: Trait | undefined; onSet: (key: string, value: unknown) => Promise<void>; onClose: () => void }) {
  const { t } = useWords();
  const [form] = Form.useForm<Values>();
  const kind = Form.useWatch("kind", form) ?? (trait ? kindOf(trait.value) : "text");
  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    await onSet(values.key, values[values.kind] ?? (values.kind === "bool" ? false : ""));
    onClose();
  });
  const start = trait ? { key: trait.key, kind: kindOf(trait.value), [kindOf(trait.value)]: trait.value } : { kind: "text" };
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <Modal open title={trait ? t("trait.editOne", { key: trait.key }) : t("trait.add")} onCancel={onClose} onOk={() => form.submit()} okText={t("form.save")} confirmLoading={busy}>
      {alert}
      <Form name="trait" form={form} layout="vertical" initialValues={start} onFinish={(values) => void submit(values)}>
        <Form.Item name="key" label={t("contact.trait")} rules={needed} extra={t("trait.keyHelp")}>
          <Input disabled={trait !== undefined} maxLength={100} />
        </Form.Item>
        <Form.Item name="kind" label={t("contact.kind")} extra={t("trait.kindHelp")}>
          <Select options={TRAIT_KINDS.map((value) => ({ value, label: t(`trait.kind.${value}`) }))} />
        </Form.Item>
        {kind === "text" && (
          <Form.Item name="text" label={t("contact.value")} rules={needed}>
            <Input.TextArea rows={2} />
          </Form.Item>
        )}
        {kind === "number" && (
          <Form.Item name="number" label={t("contact.value")} rules={needed}>
            <InputNumber style={{ width: 200 }} />
          </Form.Item>
        )}
        {kind === "bool" && (
          <Form.Item name="bool" label={t("contact.value")} valuePropName="checked">
            <Switch checkedChildren={t("form.yes")} unCheckedChildren={t("form.no")} />
          </Form.Item>
        )}
        {kind === "instant" && (
          <Form.Item name="instant" label={t("contact.value")} rules={needed}>
            <InstantInput />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
