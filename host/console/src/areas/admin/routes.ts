/** The addresses of Admin, of one's own account, and of the page an invitation leads to. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { frameRoute, rootRoute } from "@/frame/routes";
import { cursorOf, oneOf, optional, text } from "@/parts/search";
import { ROLES, USER_STATES } from "./access/roles";
import { JOB_STATES } from "./host/states";

const parent = () => frameRoute;
/** What is open over a list: the id of what is changed, or `new`. */
const editOf = (raw: Record<string, unknown>) => ({ edit: text(raw, "edit") });

export const adminRoutes = [
  createRoute({ getParentRoute: parent, path: "/admin", component: lazyRouteComponent(() => import("./AdminPage"), "AdminStart") }),
  createRoute({
    getParentRoute: parent,
    path: "/admin/users",
    validateSearch: optional((raw) => ({ q: text(raw, "q"), state: oneOf(raw, "state", USER_STATES), role: oneOf(raw, "role", ROLES), sort: text(raw, "sort"), ...editOf(raw) })),
    component: lazyRouteComponent(() => import("./access/Users"), "Users"),
  }),
  createRoute({ getParentRoute: parent, path: "/admin/users/$id", component: lazyRouteComponent(() => import("./access/UserPage"), "UserPage") }),
  createRoute({
    getParentRoute: parent,
    path: "/admin/units",
    validateSearch: optional((raw) => ({ q: text(raw, "q"), sort: text(raw, "sort"), parent: text(raw, "parent"), ...editOf(raw) })),
    component: lazyRouteComponent(() => import("./access/Units"), "Units"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/admin/tokens",
    validateSearch: optional((raw) => ({ ...editOf(raw), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./access/Tokens"), "Tokens"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/admin/audit",
    validateSearch: optional((raw) => ({
      actor: text(raw, "actor"),
      action: text(raw, "action"),
      object: text(raw, "object"),
      id: text(raw, "id"),
      from: text(raw, "from"),
      to: text(raw, "to"),
      ...cursorOf(raw),
    })),
    component: lazyRouteComponent(() => import("./access/Audit"), "Audit"),
  }),
  createRoute({ getParentRoute: parent, path: "/admin/workspace", component: lazyRouteComponent(() => import("./workspace/Workspace"), "WorkspaceSettings") }),
  createRoute({
    getParentRoute: parent,
    path: "/admin/retention",
    validateSearch: optional(editOf),
    component: lazyRouteComponent(() => import("./workspace/Retention"), "Retention"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/admin/person-requests",
    validateSearch: optional((raw) => cursorOf(raw)),
    component: lazyRouteComponent(() => import("./workspace/PersonRequests"), "PersonRequests"),
  }),
  createRoute({ getParentRoute: parent, path: "/admin/person-requests/$id", component: lazyRouteComponent(() => import("./workspace/PersonRequestPage"), "PersonRequestPage") }),
  createRoute({
    getParentRoute: parent,
    path: "/admin/delivery",
    validateSearch: optional((raw) => ({ unit: text(raw, "unit") })),
    component: lazyRouteComponent(() => import("./sending/Delivery"), "Delivery"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/admin/mail-servers",
    validateSearch: optional(editOf),
    component: lazyRouteComponent(() => import("./sending/MailServers"), "MailServers"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/admin/jobs",
    validateSearch: optional((raw) => ({ state: oneOf(raw, "state", JOB_STATES), kind: text(raw, "kind"), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./host/Jobs"), "Jobs"),
  }),
  createRoute({ getParentRoute: parent, path: "/admin/jobs/$id", component: lazyRouteComponent(() => import("./host/JobPage"), "JobPage") }),
  createRoute({ getParentRoute: parent, path: "/admin/health", component: lazyRouteComponent(() => import("./host/Health"), "Health") }),
  createRoute({
    getParentRoute: parent,
    path: "/admin/backups",
    validateSearch: optional((raw) => ({ ...editOf(raw), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./host/Backups"), "Backups"),
  }),
  createRoute({ getParentRoute: parent, path: "/account", component: lazyRouteComponent(() => import("./account/Account"), "Account") }),
] as const;

/** Outside the frame: whoever comes here cannot sign in yet. */
export const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/invitations/accept",
  component: lazyRouteComponent(() => import("./account/AcceptInvitation"), "AcceptInvitation"),
});
