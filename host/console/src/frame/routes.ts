/** The two routes above all others: the root, and the frame that asks for a signed-in person. */
import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { meQuery, workspaceQuery } from "@/api/me";
import { ProblemError } from "@/api/problem";
import { optional, text } from "@/parts/search";
import { Fault } from "@/parts/Fault";
import { NotFound } from "./NotFound";
import { within } from "./signIn/next";

export const rootRoute = createRootRouteWithContext<{ queries: QueryClient }>()({
  errorComponent: Fault,
  notFoundComponent: NotFound,
});

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: optional((raw) => ({ next: within(text(raw, "next")) })),
  component: lazyRouteComponent(() => import("./signIn/SignInPage"), "SignInPage"),
});

export const frameRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "in",
  beforeLoad: async ({ context, location }) => {
    try {
      await Promise.all([context.queries.ensureQueryData(meQuery), context.queries.ensureQueryData(workspaceQuery)]);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 401) throw error;
      const here = location.href === "/" ? undefined : location.href;
      throw redirect({ to: "/sign-in", search: { next: here } });
    }
  },
  component: lazyRouteComponent(() => import("./Frame"), "Frame"),
  errorComponent: Fault,
});

/** Every address that no area has. */
export const nowhereRoute = createRoute({ getParentRoute: () => frameRoute, path: "$", component: NotFound });
