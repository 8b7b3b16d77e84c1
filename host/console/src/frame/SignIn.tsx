/** The page of signing in. */
import { Card, Flex, Typography } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { useWords } from "@/words";
import { LanguageSwitch, ThemeSwitch } from "./Switches";
import { SignInForm } from "./SignInForm";

export function SignIn() {
  const { t } = useWords();
  const { next } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  const queries = useQueryClient();
  useEffect(() => {
    document.title = `${t("signIn.title")} · ${t("app.title")}`;
  }, [t]);
  return (
    <main className="sign-in" id="content">
      <Card className="sign-in-card">
        <Flex justify="space-between" align="center">
          <Typography.Title level={1} className="wordmark">
            {t("app.title")}
          </Typography.Title>
          <Flex gap={4}>
            <LanguageSwitch />
            <ThemeSwitch />
          </Flex>
        </Flex>
        <Typography.Paragraph type="secondary">{t("signIn.lead")}</Typography.Paragraph>
        <SignInForm
          label={t("signIn.submit")}
          onDone={() => {
            queries.clear();
            void navigate({ to: next ?? "/", replace: true });
          }}
        />
        <Typography.Paragraph type="secondary" className="small">
          {t("signIn.forgotten")}
        </Typography.Paragraph>
      </Card>
    </main>
  );
}
