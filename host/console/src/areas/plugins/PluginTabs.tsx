/** The parts of the area: what is installed, what is at hand, who is trusted, receipts. */
import { Link } from "@tanstack/react-router";
import { Menu } from "antd";
import { useWords } from "@/words";

export function PluginTabs({ at }: { at: "installed" | "packages" | "publishers" | "receipts" }) {
  const { t } = useWords();
  return (
    <nav aria-label={t("area.plugins")} className="local-nav">
      <Menu
        mode="horizontal"
        selectedKeys={[at]}
        items={[
          { key: "installed", label: <Link to="/plugins">{t("plugin.installed")}</Link> },
          { key: "packages", label: <Link to="/plugins/packages">{t("plugin.packages")}</Link> },
          { key: "publishers", label: <Link to="/plugins/publishers">{t("plugin.publishers")}</Link> },
          { key: "receipts", label: <Link to="/plugins/receipts">{t("plugin.receipts")}</Link> },
        ]}
      />
    </nav>
  );
}
