/** While something is being fetched. */
import { Skeleton } from "antd";
import { useWords } from "@/words";

export function Loading() {
  const { t } = useWords();
  return (
    <div role="status" aria-label={t("app.loading")}>
      <Skeleton active title={false} paragraph={{ rows: 8 }} />
    </div>
  );
}
