/** The four parts of creative work. */
import "./creative.css";
import { Link } from "@tanstack/react-router";
import { Menu } from "antd";
import { useWords } from "@/words";

export function CreativeTabs({ at }: { at: "library" | "messages" | "recommendations" | "brands" }) {
  const { t } = useWords();
  return (
    <nav aria-label={t("area.creative")} className="local-nav">
      <Menu
        mode="horizontal"
        selectedKeys={[at]}
        items={[
          { key: "library", label: <Link to="/creative/library">{t("creative.library")}</Link> },
          { key: "messages", label: <Link to="/creative/messages">{t("message.all")}</Link> },
          { key: "recommendations", label: <Link to="/creative/recommendations">{t("recommend.all")}</Link> },
          { key: "brands", label: <Link to="/creative/brands">{t("brand.all")}</Link> },
        ]}
      />
    </nav>
  );
}
