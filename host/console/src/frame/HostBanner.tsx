/** While the host does not answer: what that means for one's work. Once it is back, every page looks again. */
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { Alert, App } from "antd";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { reach } from "@/api/reach";
import { useWords } from "@/words";

export function HostBanner() {
  const { t } = useWords();
  const { message } = App.useApp();
  const away = useSyncExternalStore(reach.subscribe, reach.isAway);
  const queries = useQueryClient();
  const router = useRouter();
  const was = useRef(false);
  useEffect(() => {
    const lost = () => reach.lost();
    window.addEventListener("offline", lost);
    return () => window.removeEventListener("offline", lost);
  }, []);
  useEffect(() => {
    if (was.current && !away) {
      void message.success(t("away.back"));
      void queries.invalidateQueries();
      void router.invalidate();
    }
    was.current = away;
  }, [away, message, queries, router, t]);
  return (
    <div role="status" aria-live="polite">
      {away && <Alert type="warning" showIcon className="banner away" title={t("away.title")} description={t("away.what")} />}
    </div>
  );
}
