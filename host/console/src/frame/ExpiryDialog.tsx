/** Shown over the page when the session ends in the middle of work: what was typed stays under it. */
import { Button, Modal, Typography } from "antd";
import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { meQuery } from "@/api/me";
import { session } from "@/api/session";
import { forgetDrafts } from "@/parts/draft";
import { useWords } from "@/words";
import { SignInForm } from "./signIn/SignInForm";

export function ExpiryDialog() {
  const { t } = useWords();
  const open = useSyncExternalStore(session.subscribe, session.isExpired);
  const queries = useQueryClient();
  const was = queries.getQueryData(meQuery.queryKey);

  function leave() {
    session.gaveUp();
    session.end();
    forgetDrafts();
    // A whole new page: nothing of the person before stays in memory.
    window.location.assign("/console/sign-in");
  }

  return (
    <Modal open={open} title={t("expired.title")} footer={null} closable={false} mask={{ closable: false }} keyboard={false} destroyOnHidden>
      <Typography.Paragraph>{t("expired.lead")}</Typography.Paragraph>
      <SignInForm
        email={was?.user?.email}
        label={t("expired.continue")}
        onDone={(begun) => {
          if (was?.user && begun.user !== was.user.id) leave();
          else session.signedInAgain();
        }}
      />
      <Button type="link" block onClick={leave}>
        {t("expired.other")}
      </Button>
    </Modal>
  );
}
