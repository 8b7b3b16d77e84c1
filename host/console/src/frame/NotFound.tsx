/** An address that leads nowhere. */
import { Link } from "@tanstack/react-router";
import { Result } from "antd";
import { useWords } from "@/words";

export function NotFound() {
  const { t } = useWords();
  return (
    <main id="content">
      <Result status="404" title={t("error.notFound")} subTitle={t("error.notFoundWhat")} extra={<Link to="/">{t("error.home")}</Link>} />
    </main>
  );
}
