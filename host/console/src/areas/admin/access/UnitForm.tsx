/** A unit to be made, renamed or moved with all below it. */
import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, Select } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { EditDialog, useEdit, useMake } from "@/parts/edit";
import { useWords } from "@/words";
import { useUnits } from "../units";

type Unit = Schemas["Unit"];

const UNIT_KINDS = ["company", "department", "business_unit", "branch", "store"] as const;

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
  const making = useMake<Values>({ kind: "department", ...(parent && { parent }) }, async (values) => {
    await answer(api.POST("/api/v1/units", { body: { ...values, parent: values.parent ?? null } }));
    await queries.invalidateQueries({ queryKey: ["units"] });
    return onClose;
  });
  return (
    <EditDialog of={making} title={t("admin.unitNew")} onClose={onClose}>
      <Fields root={false} />
    </EditDialog>
  );
}

function Change({ unit, onClose }: { unit: Unit; onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const params = { params: { path: { id: unit.id } } };
  const edit = useEdit<Unit, Values>({
    held: unit,
    pick: ({ name, kind, code, parent }) => ({ name, kind, code, parent: parent ?? null }),
    names: { name: t("admin.name"), kind: t("admin.kind"), code: t("admin.code"), parent: t("admin.parent") },
    read: () => answer(api.GET("/api/v1/units/{id}", params)),
    save: (version, body) => answer(api.PATCH("/api/v1/units/{id}", { ...params, headers: ifMatch(version), body })),
    onSaved: () => {
      void queries.invalidateQueries({ queryKey: ["units"] });
      onClose();
    },
  });
  return (
    <EditDialog of={edit} title={t("admin.editOf", { name: unit.name })} onClose={onClose}>
      <Fields root={!unit.parent} without={unit} />
    </EditDialog>
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
