/** The addresses of creative work: library, messages, recommendations, brands. */
import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { frameRoute } from "@/frame/routes";
import { cursorOf, oneOf, optional, text, whole } from "@/parts/search";

const parent = () => frameRoute;

export const KINDS = ["case", "asset"] as const;
export const ORIGINS = ["own", "outside"] as const;
export const CANDIDATES = ["contact", "creative", "campaign-type"] as const;
const CREATIVE_TABS = ["results", "content"] as const;
const RECOMMENDATION_TABS = ["ranking", "gains"] as const;
const DEVICES = ["desktop", "phone"] as const;
const LOOKS = ["light", "dark"] as const;

const flag = (value: unknown) => (value === true ? true : undefined);

export const creativeRoutes = [
  createRoute({
    getParentRoute: parent,
    path: "/creative",
    beforeLoad: () => {
      throw redirect({ to: "/creative/library", replace: true });
    },
  }),
  createRoute({
    getParentRoute: parent,
    path: "/creative/library",
    validateSearch: optional((raw) => ({
      q: text(raw, "q"),
      kind: oneOf(raw, "kind", KINDS),
      origin: oneOf(raw, "origin", ORIGINS),
      type: text(raw, "type"),
      objective: text(raw, "objective"),
      channel: text(raw, "channel"),
      season: text(raw, "season"),
      theme: text(raw, "theme"),
      archived: flag(raw.archived),
      ...cursorOf(raw),
    })),
    component: lazyRouteComponent(() => import("./library/Library"), "Library"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/creative/library/new",
    component: lazyRouteComponent(() => import("./library/NewCreative"), "NewCreative"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/creative/library/$id",
    validateSearch: optional((raw) => ({ tab: oneOf(raw, "tab", CREATIVE_TABS), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./library/CreativePage"), "CreativePage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/creative/messages",
    validateSearch: optional((raw) => ({ q: text(raw, "q"), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./messages/Messages"), "Messages"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/creative/messages/new",
    validateSearch: optional((raw) => ({ creative: text(raw, "creative") })),
    component: lazyRouteComponent(() => import("./messages/NewMessage"), "NewMessage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/creative/messages/$id",
    validateSearch: optional((raw) => ({
      lang: text(raw, "lang"),
      part: text(raw, "part"),
      source: flag(raw.source),
      shown: text(raw, "shown"),
      contact: text(raw, "contact"),
      device: oneOf(raw, "device", DEVICES),
      look: oneOf(raw, "look", LOOKS),
      pictures: raw.pictures === false ? false : undefined,
    })),
    component: lazyRouteComponent(() => import("./messages/MessagePage"), "MessagePage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/creative/recommendations",
    validateSearch: optional((raw) => cursorOf(raw)),
    component: lazyRouteComponent(() => import("./recommendations/Recommendations"), "Recommendations"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/creative/recommendations/new",
    validateSearch: optional((raw) => ({ kind: oneOf(raw, "kind", CANDIDATES), campaign: text(raw, "campaign") })),
    component: lazyRouteComponent(() => import("./recommendations/Ask"), "Ask"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/creative/recommendations/$id",
    validateSearch: optional((raw) => ({ tab: oneOf(raw, "tab", RECOMMENDATION_TABS), place: whole(raw, "place"), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./recommendations/RecommendationPage"), "RecommendationPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/creative/brands",
    validateSearch: optional((raw) => ({ brand: text(raw, "brand"), sender: text(raw, "sender"), topic: text(raw, "topic") })),
    component: lazyRouteComponent(() => import("./brands/Brands"), "Brands"),
  }),
] as const;
