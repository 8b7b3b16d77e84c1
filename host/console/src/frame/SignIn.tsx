/** The page of signing in. */
import { Typography } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useWords } from "@/words";
import { SignInCard } from "./SignInCard";
import { SignInForm } from "./SignInForm";

export function SignIn() {
  const { t } = useWords();
  const { next } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  const queries = useQueryClient();
  return (
    <SignInCard title={t("signIn.title")}>
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
    </SignInCard>
  );
}
