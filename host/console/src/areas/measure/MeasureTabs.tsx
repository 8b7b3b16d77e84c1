/** The parts of Measure; those a person may not read are left out. */
import { Link } from "@tanstack/react-router";
import { Menu } from "antd";
import { useMay } from "@/api/me";
import { useWords } from "@/words";

type MeasurePart = "explore" | "attribution" | "lift" | "experiments" | "reports" | "lessons" | "conversions";

export function MeasureTabs({ at }: { at: MeasurePart }) {
  const { t } = useWords();
  const may = useMay();
  const items = [
    { key: "explore", label: <Link to="/measure/explore">{t("measure.explore")}</Link>, permission: "measure.read" },
    { key: "attribution", label: <Link to="/measure/attribution">{t("measure.attribution")}</Link>, permission: "measure.read" },
    { key: "lift", label: <Link to="/measure/lift">{t("measure.lift")}</Link>, permission: "measure.read" },
    { key: "experiments", label: <Link to="/measure/experiments">{t("measure.experiments")}</Link>, permission: "audience.read" },
    { key: "reports", label: <Link to="/measure/reports">{t("measure.reports")}</Link>, permission: "measure.read" },
    { key: "lessons", label: <Link to="/measure/lessons">{t("measure.lessons")}</Link>, permission: "strategy.read" },
    { key: "conversions", label: <Link to="/measure/conversions">{t("measure.conversions")}</Link>, permission: "measure.read" },
  ];
  return (
    <nav aria-label={t("area.measure")} className="local-nav">
      <Menu mode="horizontal" selectedKeys={[at]} items={items.filter((one) => may(one.permission)).map(({ key, label }) => ({ key, label }))} />
    </nav>
  );
}
