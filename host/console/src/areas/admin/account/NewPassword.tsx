/** A new password, typed twice; what it must be like the API says. */
import { Form, Input } from "antd";
import { useWords } from "@/words";

/** `name` is the API's field, so that its refusals appear here. */
export function NewPassword({ name }: { name: "new" | "password" }) {
  const { t } = useWords();
  return (
    <>
      <Form.Item name={name} label={t("account.new")} extra={t("account.newHelp")} rules={[{ required: true, message: t("form.needed") }]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t("account.again")}
        dependencies={[name]}
        rules={[
          { required: true, message: t("form.needed") },
          ({ getFieldValue }) => ({ validator: (_rule, value) => (!value || value === getFieldValue(name) ? Promise.resolve() : Promise.reject(new Error(t("account.differ")))) }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
    </>
  );
}
