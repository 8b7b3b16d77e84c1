/** A unit to be made, renamed or moved with all below it. */
import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, Modal, Select } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { DIALOG_FORM, submits } from "../dialog";
import { useUnits } from "../units";
import { useVersioned } from "../versioned";

type Unit = Schemas["Unit"];

export const UNIT_KINDS = ["company", "department", "business_unit", "branch", "store"] as const;

interface Values {
  name: string;
  kind: string;
  code: string;
  parent?: string | null;
}

export function UnitForm({ unit, parent, onClose }: { unit?: Unit; parent?: string | undefined; onClose: () => void }) {
  return unit ? <Change unit={unit} onClose={onClose} /> : <Make parent={parent} onClose={onClose} />;
}

function Make({ parent, onClose }: { parent: string | undefined; onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    await answer(api.POST("/api/v1/units", { body: { ...values, parent: values.parent ?? null } }));
    await queries.invalidateQueries({ queryKey: ["units"] });
    onClose();
  });
  return (
    <Modal open title={t("admin.unitNew")} onCancel={onClose} okButtonProps={submits} okText={t("form.create")} cancelText={t("form.cancel")} confirmLoading={busy}>
      {alert}
      <Form id={DIALOG_FORM} form={form} layout="vertical" initialValues={{ kind: "department", parent }} onFinish={(values) => void submit(values)} disabled={busy}>
        <Fields root={false} />
      </Form>
    </Modal>
  );
}

function Change({ unit, onClose }: { unit: Unit; onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const params = { params: { path: { id: unit.id } } };
  const { busy, submit, alert, conflict } = useVersioned<Unit, Values>({
    record: unit,
    form,
    values: ({ name, kind, code, parent }) => ({ name, kind, code, parent: parent ?? null }),
    names: { name: t("admin.name"), kind: t("admin.kind"), code: t("admin.code"), parent: t("admin.parent") },
    read: () => answer(api.GET("/api/v1/units/{id}", params)),
    save: (body, version) => answer(api.PATCH("/api/v1/units/{id}", { ...params, headers: ifMatch(version), body })),
    onSaved: () => {
      void queries.invalidateQueries({ queryKey: ["units"] });
      onClose();
    },
  });
  return (
    <>
      <Modal open title={t("admin.editOf", { name: unit.name })} onCancel={onClose} okButtonProps={submits} okText={t("form.save")} cancelText={t("form.cancel")} confirmLoading={busy}>
        {alert}
        <Form id={DIALOG_FORM} form={form} layout="vertical" initialValues={unit} onFinish={(values) => void submit(values)} disabled={busy}>
          <Fields root={!unit.parent} without={unit} />
        </Form>
      </Modal>
      {conflict}
    </>
  );
}

function Fields({ root, without }: { root: boolean; without?: Unit }) {
  const { t } = useWords();
  const { asked, units, choices } = useUnits();
  // A unit cannot come to lie below itself.
  const below = (id: string) => without !== undefined && (units.find((one) => one.id === id)?.path.startsWith(without.path) ?? false);
  return (
    <>
      <Form.Item name="name" label={t("admin.name")} rules={[{ required: true, message: t("form.needed") }]}>
        <Input autoFocus maxLength={200} />
      </Form.Item>
      <Form.Item name="kind" label={t("admin.kind")}>
        <Select options={UNIT_KINDS.map((value) => ({ value, label: t(`unit.kind.${value}`) }))} />
      </Form.Item>
      <Form.Item name="code" label={t("admin.code")} extra={t("admin.codeHelp")} rules={[{ required: true, message: t("form.needed") }]}>
        <Input maxLength={60} autoComplete="off" />
      </Form.Item>
      {!root && (
        <Form.Item name="parent" label={t("admin.parent")}>
          <Select allowClear={!without} loading={asked.isPending} placeholder={t("admin.parentRoot")} options={choices.filter((one) => !below(one.value))} showSearch={{ optionFilterProp: "label" }} />
        </Form.Item>
      )}
    </>
  );
}
