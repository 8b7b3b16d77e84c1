/** The tree of addresses. */
import type { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";
import { adminRoutes, invitationRoute } from "@/areas/admin/routes";
import { audienceRoutes } from "@/areas/audience/routes";
import { campaignRoutes } from "@/areas/campaign/routes";
import { creativeRoutes } from "@/areas/creative/routes";
import { measureRoutes } from "@/areas/measure/measureRoutes";
import { homeRoutes } from "@/areas/measure/routes";
import { pluginRoutes } from "@/areas/plugins/routes";
import { salesRoutes } from "@/areas/sales/routes";
import { startRoutes } from "@/areas/start/routes";
import { frameRoute, nowhereRoute, rootRoute, signInRoute } from "@/frame/routes";
import { NotFound } from "@/frame/NotFound";
import { Fault } from "@/parts/Fault";
import { Loading } from "@/parts/Loading";

const tree = rootRoute.addChildren([
  signInRoute,
  invitationRoute,
  frameRoute.addChildren([
    ...homeRoutes,
    ...campaignRoutes,
    ...audienceRoutes,
    ...creativeRoutes,
    ...measureRoutes,
    ...salesRoutes,
    ...pluginRoutes,
    ...adminRoutes,
    ...startRoutes,
    nowhereRoute,
  ]),
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: "/console",
    context: { queries },
    defaultPreload: "intent",
    defaultPendingComponent: Loading,
    // A page that breaks leaves the frame around it standing.
    defaultErrorComponent: Fault,
    defaultNotFoundComponent: NotFound,
    defaultPendingMs: 300,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
