/** Writing a comment, and whom it should reach. */
import { useQuery } from "@tanstack/react-query";
import { Button, Flex, Form, Input, Select } from "antd";
import { useState } from "react";
import { useMay } from "@/api/me";
import { LeaveGuard, useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { usersQuery } from "./questions";

interface Values {
  body: string;
  mentions?: string[];
}

interface Props {
  label: string;
  submit: string;
  body?: string;
  mentions?: string[];
  onSend: (body: string, mentions: string[]) => Promise<unknown>;
  onCancel?: () => void;
}

export function CommentForm({ label, submit: ok, body = "", mentions = [], onSend, onCancel }: Props) {
  const { t } = useWords();
  const may = useMay();
  const users = useQuery({ ...usersQuery, enabled: may("users.read") });
  const [form] = Form.useForm<Values>();
  const [dirty, setDirty] = useState(false);
  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    await onSend(values.body, values.mentions ?? []);
    setDirty(false);
    form.resetFields();
  });
  return (
    <Form form={form} layout="vertical" className="comment-form" initialValues={{ body, mentions }} onValuesChange={() => setDirty(true)} onFinish={(values) => void submit(values)} disabled={busy}>
      <LeaveGuard dirty={dirty} />
      {alert}
      <Form.Item name="body" rules={[{ required: true, whitespace: true, message: t("form.needed") }]}>
        <Input.TextArea aria-label={label} placeholder={label} rows={3} autoFocus={onCancel !== undefined} />
      </Form.Item>
      <Flex gap={8} wrap align="flex-start">
        {may("users.read") && (
          <Form.Item name="mentions" style={{ flex: 1, minWidth: 220, marginBottom: 8 }}>
            <Select
              mode="multiple"
              aria-label={t("comment.mention")}
              placeholder={t("comment.mention")}
              showSearch={{ optionFilterProp: "label" }}
              options={users.data?.items.filter((one) => one.state !== "disabled").map((one) => ({ value: one.id, label: one.name || one.email }))}
            />
          </Form.Item>
        )}
        {onCancel && <Button onClick={onCancel}>{t("form.cancel")}</Button>}
        <Button type="primary" htmlType="submit" loading={busy}>
          {ok}
        </Button>
      </Flex>
    </Form>
  );
}
