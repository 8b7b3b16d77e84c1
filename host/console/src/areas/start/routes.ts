/** The addresses of the first steps: one for each, so that "back" and links work. */
import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { frameRoute } from "@/frame/routes";
import { STEPS } from "./steps";

const parent = () => frameRoute;

export const startRoutes = [
  createRoute({
    getParentRoute: parent,
    path: "/start",
    beforeLoad: () => {
      throw redirect({ to: "/start/$step", params: { step: STEPS[0] }, replace: true });
    },
  }),
  createRoute({
    getParentRoute: parent,
    path: "/start/$step",
    component: lazyRouteComponent(() => import("./StartPage"), "StartPage"),
  }),
] as const;
