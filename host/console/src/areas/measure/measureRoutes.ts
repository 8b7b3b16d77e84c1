/** The addresses of Measure: every filter, page and choice stands in them. */
import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { frameRoute } from "@/frame/routes";
import { cursorOf, oneOf, optional, text } from "@/parts/search";
import { COMPARES, PERIODS } from "./period";

export const CREDIT_BY = ["channel", "campaign", "day"] as const;
export const CREDIT_OF = ["conversions", "value"] as const;
const WAYS = ["converted", "all"] as const;
export const LESSON_STATES = ["draft", "kept", "archived"] as const;

const parent = () => frameRoute;
const texts = (raw: Record<string, unknown>, name: string) => (Array.isArray(raw[name]) ? raw[name].filter((one) => typeof one === "string") : undefined);
const day = (raw: Record<string, unknown>, name: string) => {
  const value = text(raw, name);
  return value && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined;
};

export const measureRoutes = [
  createRoute({
    getParentRoute: parent,
    path: "/measure",
    beforeLoad: () => {
      throw redirect({ to: "/measure/explore", replace: true });
    },
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/explore",
    validateSearch: optional((raw) => ({
      metric: text(raw, "metric"),
      by: text(raw, "by"),
      where: texts(raw, "where"),
      period: oneOf(raw, "period", PERIODS),
      from: day(raw, "from"),
      until: day(raw, "until"),
      compare: oneOf(raw, "compare", COMPARES),
      conversion: text(raw, "conversion"),
      definition: text(raw, "definition"),
    })),
    component: lazyRouteComponent(() => import("./explore/Explore"), "Explore"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/attribution",
    validateSearch: optional((raw) => ({ runs: text(raw, "runs"), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./attribution/Runs"), "Runs"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/attribution/new",
    validateSearch: optional((raw) => ({ campaign: text(raw, "campaign") })),
    component: lazyRouteComponent(() => import("./attribution/NewRun"), "NewRun"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/attribution/compare",
    validateSearch: optional((raw) => ({ runs: text(raw, "runs"), of: oneOf(raw, "of", CREDIT_OF) })),
    component: lazyRouteComponent(() => import("./attribution/Compare"), "Compare"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/attribution/$id",
    validateSearch: optional((raw) => ({ by: oneOf(raw, "by", CREDIT_BY), of: oneOf(raw, "of", CREDIT_OF), channel: text(raw, "channel"), campaign: text(raw, "campaign"), ways: oneOf(raw, "ways", WAYS) })),
    component: lazyRouteComponent(() => import("./attribution/RunPage"), "RunPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/lift",
    validateSearch: optional((raw) => cursorOf(raw)),
    component: lazyRouteComponent(() => import("./lift/LiftRuns"), "LiftRuns"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/lift/new",
    validateSearch: optional((raw) => ({ campaign: text(raw, "campaign"), experiment: text(raw, "experiment") })),
    component: lazyRouteComponent(() => import("./lift/NewLift"), "NewLift"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/lift/$id",
    component: lazyRouteComponent(() => import("./lift/LiftPage"), "LiftPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/experiments",
    validateSearch: optional((raw) => ({ archived: raw.archived === true ? true : undefined, ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./lift/Experiments"), "Experiments"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/experiments/new",
    component: lazyRouteComponent(() => import("./lift/NewExperiment"), "NewExperiment"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/experiments/$id",
    component: lazyRouteComponent(() => import("./lift/ExperimentPage"), "ExperimentPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/reports",
    validateSearch: optional((raw) => cursorOf(raw)),
    component: lazyRouteComponent(() => import("./reports/Reports"), "Reports"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/reports/new",
    validateSearch: optional((raw) => ({ installation: text(raw, "installation"), campaign: text(raw, "campaign") })),
    component: lazyRouteComponent(() => import("./reports/NewReport"), "NewReport"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/reports/$id",
    component: lazyRouteComponent(() => import("./reports/ReportPage"), "ReportPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/lessons",
    validateSearch: optional((raw) => ({ q: text(raw, "q"), state: oneOf(raw, "state", LESSON_STATES), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./lessons/Lessons"), "Lessons"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/lessons/$id",
    component: lazyRouteComponent(() => import("./lessons/LessonPage"), "LessonPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/conversions",
    validateSearch: optional((raw) => cursorOf(raw)),
    component: lazyRouteComponent(() => import("./conversions/Conversions"), "Conversions"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/conversions/new",
    component: lazyRouteComponent(() => import("./conversions/ConversionPage"), "NewConversionPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/measure/conversions/$id",
    component: lazyRouteComponent(() => import("./conversions/ConversionPage"), "ConversionPage"),
  }),
] as const;
