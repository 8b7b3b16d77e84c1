/** The fields of signing in, on the page and in the dialog of an expired session. */
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";

interface Props {
  /** The person who was signed in; cannot be changed where given. */
  email?: string;
  label: string;
  onDone: (begun: Schemas["SessionBegun"]) => void;
}

export function SignInForm({ email, label, onDone }: Props) {
  const { t } = useWords();
  const [refused, setRefused] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [several, setSeveral] = useState(false);

  async function submit(values: { email: string; password: string; workspace?: string }) {
    setBusy(true);
    setRefused(undefined);
    try {
      const body = { ...values, workspace: values.workspace?.trim() || null };
      onDone(await answer(api.POST("/api/v1/sessions", { body })));
    } catch (error) {
      setRefused(error);
      // The host asks for the workspace's name only where it has several.
      if (error instanceof Error && error.message.startsWith("workspace")) setSeveral(true);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Form layout="vertical" requiredMark={false} initialValues={{ email }} onFinish={submit} disabled={busy}>
      {refused !== undefined && <ProblemAlert error={refused} />}
      <Form.Item name="email" label={t("signIn.email")} rules={[{ required: true, message: t("signIn.emailNeeded") }]}>
        <Input type="email" autoComplete="username" autoFocus={!email} readOnly={Boolean(email)} />
      </Form.Item>
      <Form.Item name="password" label={t("signIn.password")} rules={[{ required: true, message: t("signIn.passwordNeeded") }]}>
        <Input.Password autoComplete="current-password" autoFocus={Boolean(email)} />
      </Form.Item>
      {several && (
        <Form.Item name="workspace" label={t("signIn.workspace")} extra={t("signIn.workspaceHelp")}>
          <Input autoComplete="organization" />
        </Form.Item>
      )}
      <Button type="primary" htmlType="submit" block loading={busy}>
        {label}
      </Button>
    </Form>
  );
}
