/** The page an invitation leads to: somebody not signed in sets their password, once. */
import { Link, useLocation } from "@tanstack/react-router";
import { Alert, Button, Form, Result, Typography } from "antd";
import { useState } from "react";
import { api } from "@/api/client";
import { SignInCard } from "@/frame/SignInCard";
import { useSubmit } from "@/parts/forms";
import { LinkButton } from "@/parts/LinkButton";
import { useWords } from "@/words";
import { NewPassword } from "./NewPassword";

export function AcceptInvitation() {
  const { t } = useWords();
  const { hash } = useLocation();
  const [done, setDone] = useState(false);
  return (
    <SignInCard title={t("accept.title")}>
      {done ? (
        <Result status="success" title={t("accept.done")} subTitle={t("accept.doneWhat")} extra={<LinkButton to="/sign-in" type="primary">{t("signIn.submit")}</LinkButton>} />
      ) : hash ? (
        <SetPassword token={hash} onDone={() => setDone(true)} />
      ) : (
        <Alert type="warning" showIcon className="section" title={t("accept.noToken")} description={t("accept.noTokenWhat")} />
      )}
      {!done && (
        <Typography.Paragraph type="secondary" className="section small">
          <Link to="/sign-in">{t("accept.toSignIn")}</Link>
        </Typography.Paragraph>
      )}
    </SignInCard>
  );
}

function SetPassword({ token, onDone }: { token: string; onDone: () => void }) {
  const { t } = useWords();
  const [form] = Form.useForm<{ password: string; again: string }>();
  const { busy, submit, alert } = useSubmit(form, async ({ password }: { password: string }) => {
    await api.POST("/api/v1/invitations/accept", { body: { token, password } });
    onDone();
  });
  return (
    <>
      <Typography.Paragraph type="secondary">{t("accept.lead")}</Typography.Paragraph>
      {alert}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => void submit(values)} disabled={busy}>
        <NewPassword name="password" />
        <Button type="primary" htmlType="submit" block loading={busy}>
          {t("accept.submit")}
        </Button>
      </Form>
    </>
  );
}
