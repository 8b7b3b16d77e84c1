/** A role and the unit it holds in, wherever one is given. */
import { Form, Select } from "antd";
import { useWords } from "@/words";
import { useUnits } from "../units";
import { ROLES } from "./roles";

export function RoleFields({ needed = true }: { needed?: boolean }) {
  const { t } = useWords();
  const { asked, choices } = useUnits();
  const options = ROLES.map((role) => ({ value: role, label: t(`role.${role}`), what: t(`admin.role.${role}`) }));
  return (
    <>
      <Form.Item name="role" label={t("admin.role")} rules={needed ? [{ required: true, message: t("form.needed") }] : []}>
        <Select
          options={options}
          optionRender={(option) => (
            <>
              <div>{option.data.label}</div>
              <div className="small admin-role">{option.data.what}</div>
            </>
          )}
        />
      </Form.Item>
      <Form.Item name="unit" label={t("admin.roleUnit")} extra={t("admin.roleUnitHelp")}>
        <Select allowClear loading={asked.isPending} placeholder={t("admin.wholeWorkspace")} options={choices} showSearch={{ optionFilterProp: "label" }} />
      </Form.Item>
    </>
  );
}
