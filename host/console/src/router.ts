/** The tree of addresses. */
import type { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";
import { audienceRoutes } from "@/areas/audience/routes";
import { campaignRoutes } from "@/areas/campaign/routes";
import { measureRoutes } from "@/areas/measure/measureRoutes";
import { homeRoutes } from "@/areas/measure/routes";
import { pluginRoutes } from "@/areas/plugins/routes";
import { frameRoute, rootRoute, signInRoute } from "@/frame/routes";
import { Loading } from "@/parts/Loading";

const tree = rootRoute.addChildren([
  signInRoute,
  frameRoute.addChildren([...homeRoutes, ...campaignRoutes, ...audienceRoutes, ...measureRoutes, ...pluginRoutes]),
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: "/console",
    context: { queries },
    defaultPreload: "intent",
    defaultPendingComponent: Loading,
    defaultPendingMs: 300,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
