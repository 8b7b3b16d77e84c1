/** The address of Home: the period, and which metric is looked into and how. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frameRoute } from "@/frame/routes";
import { oneOf, optional, text } from "@/parts/search";
import { PERIODS, type Period } from "./period";

interface HomeSearch {
  period?: Period | undefined;
  /** Which conversion is meant, where there are several. */
  conversion?: string | undefined;
  /** The metric that is open. */
  metric?: string | undefined;
  by?: string | undefined;
  /** `dimension:key`, the way down to here. */
  where?: string[] | undefined;
}

export const homeRoutes = [
  createRoute({
    getParentRoute: () => frameRoute,
    path: "/",
    validateSearch: optional((raw): HomeSearch => ({
      period: oneOf(raw, "period", PERIODS),
      conversion: text(raw, "conversion"),
      metric: text(raw, "metric"),
      by: text(raw, "by"),
      where: Array.isArray(raw.where) ? raw.where.filter((one) => typeof one === "string") : undefined,
    })),
    component: lazyRouteComponent(() => import("./Home"), "Home"),
  }),
] as const;
