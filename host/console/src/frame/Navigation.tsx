/** The areas at the side; those a person may not read are left out. */
import { Link, useLocation } from "@tanstack/react-router";
import { Menu } from "antd";
import { useMay } from "@/api/me";
import { areas } from "@/areas";
import { useWords } from "@/words";

export function Navigation() {
  const { t } = useWords();
  const may = useMay();
  const { pathname } = useLocation();
  const open = areas.filter((area) => area.permissions.every(may));
  const here = open.filter((area) => pathname === area.path || pathname.startsWith(`${area.path === "/" ? "//" : area.path}/`));
  return (
    <nav aria-label={t("app.menu")}>
      <Menu
        mode="inline"
        selectedKeys={here.map((area) => area.path)}
        items={open.map((area) => ({ key: area.path, icon: area.icon, label: <Link to={area.path}>{t(area.title)}</Link> }))}
      />
    </nav>
  );
}
