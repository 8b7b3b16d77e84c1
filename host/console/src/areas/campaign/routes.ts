/** The addresses of campaigns. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frameRoute } from "@/frame/routes";
import { cursorOf, oneOf, optional, text, whole } from "@/parts/search";
import { CAMPAIGN_STATES, SEND_REASONS, SEND_STATES, TABS } from "./states";


export const campaignRoutes = [
  createRoute({
    getParentRoute: () => frameRoute,
    path: "/campaigns",
    validateSearch: optional((raw) => ({ q: text(raw, "q"), state: oneOf(raw, "state", CAMPAIGN_STATES), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./Campaigns"), "Campaigns"),
  }),
  createRoute({
    getParentRoute: () => frameRoute,
    path: "/campaigns/new",
    component: lazyRouteComponent(() => import("./NewCampaign"), "NewCampaign"),
  }),
  createRoute({
    getParentRoute: () => frameRoute,
    path: "/campaigns/calendar",
    validateSearch: optional((raw) => ({ year: whole(raw, "year") })),
    component: lazyRouteComponent(() => import("./Calendar"), "Calendar"),
  }),
  createRoute({
    getParentRoute: () => frameRoute,
    path: "/campaigns/mentions",
    validateSearch: optional((raw) => cursorOf(raw)),
    component: lazyRouteComponent(() => import("./Mentions"), "Mentions"),
  }),
  createRoute({
    getParentRoute: () => frameRoute,
    path: "/campaigns/approval-rules",
    component: lazyRouteComponent(() => import("./ApprovalRules"), "ApprovalRules"),
  }),
  createRoute({
    getParentRoute: () => frameRoute,
    path: "/campaigns/$id",
    validateSearch: optional((raw) => ({
      tab: oneOf(raw, "tab", TABS),
      state: oneOf(raw, "state", SEND_STATES),
      reason: oneOf(raw, "reason", SEND_REASONS),
      sort: text(raw, "sort"),
      conversion: text(raw, "conversion"),
      ...cursorOf(raw),
    })),
    component: lazyRouteComponent(() => import("./CampaignPage"), "CampaignPage"),
  }),
  createRoute({
    getParentRoute: () => frameRoute,
    path: "/campaigns/$id/why/$contact",
    component: lazyRouteComponent(() => import("./WhyPage"), "WhyPage"),
  }),
] as const;
