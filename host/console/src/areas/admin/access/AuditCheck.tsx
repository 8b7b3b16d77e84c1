/** The chain of the log, read again from the first row: a row changed, added or taken out by hand breaks it. */
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Flex } from "antd";
import { answer, api } from "@/api/client";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";

export function AuditCheck() {
  const { t } = useWords();
  const asked = useQuery({
    queryKey: ["audit", "check"],
    enabled: false,
    queryFn: () => answer(api.GET("/api/v1/audit/check")),
  });
  const found = asked.data;
  return (
    <div className="panel" aria-live="polite">
      <Flex gap={12} align="center">
        <Button loading={asked.isFetching} onClick={() => void asked.refetch()}>
          {t("admin.auditCheck")}
        </Button>
        {!found && !asked.isError && <span>{t("admin.auditCheckWhat")}</span>}
      </Flex>
      {asked.isError && <ProblemAlert error={asked.error} />}
      {found && !asked.isFetching && (
        <Alert
          className="section"
          showIcon
          type={found.intact ? "success" : "error"}
          title={found.intact ? t("admin.auditIntact", { n: found.rows }) : t("admin.auditBroken", { row: found.broken_at ?? found.rows + 1 })}
          description={found.intact ? undefined : found.reason}
        />
      )}
    </div>
  );
}
