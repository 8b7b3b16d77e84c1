/** The parts of campaigns beside each single one. */
import { Link } from "@tanstack/react-router";
import { Menu } from "antd";
import { useWords } from "@/words";

export function CampaignTabs({ at }: { at: "list" | "calendar" | "mentions" | "rules" }) {
  const { t } = useWords();
  return (
    <nav aria-label={t("area.campaigns")} className="local-nav">
      <Menu
        mode="horizontal"
        selectedKeys={[at]}
        items={[
          { key: "list", label: <Link to="/campaigns">{t("campaigns.list")}</Link> },
          { key: "calendar", label: <Link to="/campaigns/calendar">{t("campaigns.calendar")}</Link> },
          { key: "mentions", label: <Link to="/campaigns/mentions">{t("campaigns.mentions")}</Link> },
          { key: "rules", label: <Link to="/campaigns/approval-rules">{t("plan.rules")}</Link> },
        ]}
      />
    </nav>
  );
}
