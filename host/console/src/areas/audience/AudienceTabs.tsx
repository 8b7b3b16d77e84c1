/** The parts of the audience. */
import { Link } from "@tanstack/react-router";
import { Menu } from "antd";
import { useWords } from "@/words";

export function AudienceTabs({ at }: { at: "contacts" | "segments" | "snapshots" | "consent" | "imports" }) {
  const { t } = useWords();
  return (
    <nav aria-label={t("area.audience")} className="local-nav">
      <Menu
        mode="horizontal"
        selectedKeys={[at]}
        items={[
          { key: "contacts", label: <Link to="/audience/contacts">{t("audience.contacts")}</Link> },
          { key: "segments", label: <Link to="/audience/segments">{t("audience.segments")}</Link> },
          { key: "snapshots", label: <Link to="/audience/snapshots">{t("audience.snapshots")}</Link> },
          { key: "consent", label: <Link to="/audience/consent">{t("audience.consent")}</Link> },
          { key: "imports", label: <Link to="/audience/imports">{t("audience.imports")}</Link> },
        ]}
      />
    </nav>
  );
}
