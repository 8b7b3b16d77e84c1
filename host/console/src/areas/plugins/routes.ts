/** The addresses of plugins. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frameRoute } from "@/frame/routes";
import { cursorOf, oneOf, optional, text } from "@/parts/search";

const parent = () => frameRoute;

export const PLUGIN_TABS = ["health", "versions", "permissions", "settings", "runs", "logs"] as const;
export const VERSION_TABS = ["approval", "shadow", "history", "conformance"] as const;
export const PACKAGE_TABS = ["report", "readme", "conformance"] as const;
export const OUTCOMES = ["succeeded", "failed", "abandoned"] as const;
const INSTALL_STEPS = ["report"] as const;
export const SOURCES = ["file", "url", "oci"] as const;

export const pluginRoutes = [
  createRoute({
    getParentRoute: parent,
    path: "/plugins",
    validateSearch: optional((raw) => ({ sort: text(raw, "sort") })),
    component: lazyRouteComponent(() => import("./Plugins"), "Plugins"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/plugins/install",
    validateSearch: optional((raw) => ({
      from: oneOf(raw, "from", SOURCES),
      source: text(raw, "source"),
      digest: text(raw, "digest"),
      against: text(raw, "against"),
      package: text(raw, "package"),
      step: oneOf(raw, "step", INSTALL_STEPS),
    })),
    component: lazyRouteComponent(() => import("./install/Install"), "Install"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/plugins/packages",
    validateSearch: optional((raw) => ({ sort: text(raw, "sort"), all: raw.all === true ? true : undefined })),
    component: lazyRouteComponent(() => import("./packages/Packages"), "Packages"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/plugins/packages/$digest",
    validateSearch: optional((raw) => ({ tab: oneOf(raw, "tab", PACKAGE_TABS) })),
    component: lazyRouteComponent(() => import("./packages/PackagePage"), "PackagePage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/plugins/publishers",
    component: lazyRouteComponent(() => import("./publishers/Publishers"), "Publishers"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/plugins/receipts",
    validateSearch: optional((raw) => ({ run: text(raw, "run") })),
    component: lazyRouteComponent(() => import("./receipts/Receipts"), "Receipts"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/plugins/$id",
    validateSearch: optional((raw) => ({ tab: oneOf(raw, "tab", PLUGIN_TABS), outcome: oneOf(raw, "outcome", OUTCOMES), level: text(raw, "level"), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./PluginPage"), "PluginPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/plugins/$id/versions/$version",
    validateSearch: optional((raw) => ({ tab: oneOf(raw, "tab", VERSION_TABS) })),
    component: lazyRouteComponent(() => import("./versions/VersionPage"), "VersionPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/plugins/$id/runs/$run",
    validateSearch: optional((raw) => ({ words: raw.words === true ? true : undefined, on: text(raw, "on") })),
    component: lazyRouteComponent(() => import("./runs/RunPage"), "RunPage"),
  }),
] as const;
