/** The page of somebody who is not signed in: the product's name, the switches, and what is asked. */
import { Card, Flex, Typography } from "antd";
import { useEffect, type ReactNode } from "react";
import { useWords } from "@/words";
import { LanguageSwitch, ThemeSwitch } from "./Switches";

export function SignInCard({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useWords();
  useEffect(() => {
    document.title = `${title} · ${t("app.title")}`;
  }, [title, t]);
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
        {children}
      </Card>
    </main>
  );
}
