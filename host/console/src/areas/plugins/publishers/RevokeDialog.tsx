/** Revoke a key or a package: why, and whether what serves is stopped at once. Then, what it concerned. */
import { Alert, Checkbox, Form, Input, Modal, Typography } from "antd";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";

type Revocation = Schemas["Revocation"];
type Concerned = Schemas["RevokedVersion"];

interface Props {
  title: string;
  what: string;
  revoke: (body: Revocation) => Promise<Concerned[]>;
  onClose: () => void;
}

export function RevokeDialog({ title, what, revoke, onClose }: Props) {
  const { t } = useWords();
  const [form] = Form.useForm<Revocation>();
  const [concerned, setConcerned] = useState<Concerned[]>();
  const { busy, submit, alert } = useSubmit(form, async (values: Revocation) => {
    setConcerned(await revoke({ reason: values.reason, stop: values.stop ?? false }));
  });
  const done = concerned !== undefined;
  return (
    <Modal
      open
      title={title}
      onCancel={onClose}
      onOk={() => (done ? onClose() : form.submit())}
      okText={done ? t("trust.close") : t("trust.revoke")}
      okButtonProps={{ danger: !done }}
      cancelButtonProps={{ hidden: done }}
      confirmLoading={busy}
    >
      {done ? (
        <Concern versions={concerned} />
      ) : (
        <>
          {alert}
          <Typography.Paragraph>{what}</Typography.Paragraph>
          <Form form={form} layout="vertical" onFinish={(values) => void submit(values)}>
            <Form.Item name="reason" label={t("trust.reason")} rules={[{ required: true, message: t("form.needed") }]}>
              <Input.TextArea rows={2} autoFocus maxLength={500} />
            </Form.Item>
            <Form.Item name="stop" valuePropName="checked" extra={t("trust.stopHelp")}>
              <Checkbox>{t("trust.stop")}</Checkbox>
            </Form.Item>
          </Form>
        </>
      )}
    </Modal>
  );
}

function Concern({ versions }: { versions: Concerned[] }) {
  const { t, code } = useWords();
  if (versions.length === 0) return <Alert type="success" showIcon role="status" title={t("trust.concernsNone")} />;
  return (
    <>
      <Alert type="warning" showIcon role="status" className="banner" title={t("trust.concerns", { n: versions.length })} />
      <ul>
        {versions.map((one) => (
          <li key={one.version}>
            <bdi>{one.name}</bdi> {one.version_label}: {code("revoked", one.now)}
          </li>
        ))}
      </ul>
    </>
  );
}
