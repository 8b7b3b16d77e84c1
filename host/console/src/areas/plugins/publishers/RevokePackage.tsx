/** Revoke one package by its digest. The dialog stays after it is done: it says which versions that concerned. */
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { answer, api } from "@/api/client";
import { useWords } from "@/words";
import { RevokeDialog } from "./RevokeDialog";

export function RevokePackage({ digest, revoked }: { digest: string; revoked: boolean }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  return (
    <>
      {!revoked && (
        <Button danger onClick={() => setOpen(true)}>
          {t("trust.revokePackage")}
        </Button>
      )}
      {open && (
        <RevokeDialog
          title={t("trust.revokePackageAsk")}
          what={t("trust.revokePackageWhat")}
          onClose={() => setOpen(false)}
          revoke={async ({ reason, stop }) => {
            const done = await answer(api.POST("/api/v1/package-revocations", { body: { digest, reason, ...(stop !== undefined && { stop }) } }));
            await Promise.all(["packages", "package-revocations", "installations"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
            return done.versions ?? [];
          }}
        />
      )}
    </>
  );
}
