/** Every area of the console, in the order of the side. To add one: a folder here, its line, its routes in `router.ts`. */
import { AppstoreOutlined, BarChartOutlined, BulbOutlined, HomeOutlined, NotificationOutlined, SettingOutlined, ShoppingOutlined, TeamOutlined } from "@ant-design/icons";
import type { ReactNode } from "react";
import type { Key } from "@/words";

interface Area {
  path: "/" | "/campaigns" | "/audience" | "/creative" | "/measure" | "/sales" | "/plugins" | "/admin";
  title: Key;
  icon: ReactNode;
  /** All of these, or the area is not shown. */
  permissions: string[];
}

export const areas: Area[] = [
  { path: "/", title: "area.home", icon: <HomeOutlined />, permissions: ["measure.read"] },
  { path: "/campaigns", title: "area.campaigns", icon: <NotificationOutlined />, permissions: ["campaign.read"] },
  { path: "/audience", title: "area.audience", icon: <TeamOutlined />, permissions: ["audience.read"] },
  { path: "/creative", title: "area.creative", icon: <BulbOutlined />, permissions: ["creative.read"] },
  { path: "/measure", title: "area.measure", icon: <BarChartOutlined />, permissions: ["measure.read"] },
  { path: "/sales", title: "area.sales", icon: <ShoppingOutlined />, permissions: ["sales.read"] },
  { path: "/plugins", title: "area.plugins", icon: <AppstoreOutlined />, permissions: ["plugins.read"] },
  { path: "/admin", title: "area.admin", icon: <SettingOutlined />, permissions: ["workspace.read"] },
];
