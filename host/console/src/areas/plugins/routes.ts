/** The addresses of plugins. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frameRoute } from "@/frame/routes";
import { cursorOf, oneOf, optional, text } from "@/parts/search";


export const PLUGIN_TABS = ["health", "versions", "permissions", "settings", "runs"] as const;
export const OUTCOMES = ["succeeded", "failed"] as const;

export const pluginRoutes = [
  createRoute({
    getParentRoute: () => frameRoute,
    path: "/plugins",
    validateSearch: optional((raw) => ({ sort: text(raw, "sort") })),
    component: lazyRouteComponent(() => import("./Plugins"), "Plugins"),
  }),
  createRoute({
    getParentRoute: () => frameRoute,
    path: "/plugins/install",
    validateSearch: optional((raw) => ({ package: text(raw, "package") })),
    component: lazyRouteComponent(() => import("./Install"), "Install"),
  }),
  createRoute({
    getParentRoute: () => frameRoute,
    path: "/plugins/$id",
    validateSearch: optional((raw) => ({ tab: oneOf(raw, "tab", PLUGIN_TABS), outcome: oneOf(raw, "outcome", OUTCOMES), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./PluginPage"), "PluginPage"),
  }),
  createRoute({
    getParentRoute: () => frameRoute,
    path: "/plugins/$id/versions/$version",
    component: lazyRouteComponent(() => import("./ApprovalPage"), "ApprovalPage"),
  }),
  createRoute({
    getParentRoute: () => frameRoute,
    path: "/plugins/$id/runs/$run",
    component: lazyRouteComponent(() => import("./RunPage"), "RunPage"),
  }),
] as const;
