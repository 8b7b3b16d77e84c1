/** The addresses of the audience: contacts, segments, snapshots, consent, imports. */
import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { frameRoute } from "@/frame/routes";
import { cursorOf, oneOf, optional, text } from "@/parts/search";

const parent = () => frameRoute;

export const CONTACT_TABS = ["profile", "consent", "timeline", "sends", "purchases"] as const;
/** What of a contact's purchases is listed. */
export const PURCHASES = ["orders", "redemptions"] as const;
export const IDENTITY_KINDS = ["email", "phone", "member", "external", "user_id", "open_id", "anonymous_id"] as const;
const IMPORT_STEPS = ["file", "columns"] as const;

export const audienceRoutes = [
  createRoute({
    getParentRoute: parent,
    path: "/audience",
    beforeLoad: () => {
      throw redirect({ to: "/audience/contacts", replace: true });
    },
  }),
  createRoute({
    getParentRoute: parent,
    path: "/audience/contacts",
    validateSearch: optional((raw) => ({ q: text(raw, "q"), identity: oneOf(raw, "identity", IDENTITY_KINDS), segment: text(raw, "segment"), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./contacts/Contacts"), "Contacts"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/audience/contacts/$id",
    validateSearch: optional((raw) => ({ tab: oneOf(raw, "tab", CONTACT_TABS), list: oneOf(raw, "list", PURCHASES), ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./contacts/ContactPage"), "ContactPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/audience/segments",
    validateSearch: optional((raw) => ({ a: text(raw, "a"), b: text(raw, "b"), archived: raw.archived === true ? true : undefined, ...cursorOf(raw) })),
    component: lazyRouteComponent(() => import("./segments/Segments"), "Segments"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/audience/segments/new",
    validateSearch: optional((raw) => ({ snapshot: text(raw, "snapshot") })),
    component: lazyRouteComponent(() => import("./segments/SegmentPage"), "NewSegmentPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/audience/segments/$id",
    validateSearch: optional((raw) => cursorOf(raw)),
    component: lazyRouteComponent(() => import("./segments/SegmentPage"), "SegmentPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/audience/snapshots",
    validateSearch: optional((raw) => ({ ...cursorOf(raw), q: text(raw, "q") })),
    component: lazyRouteComponent(() => import("./snapshots/Snapshots"), "Snapshots"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/audience/snapshots/$id",
    validateSearch: optional((raw) => cursorOf(raw)),
    component: lazyRouteComponent(() => import("./snapshots/SnapshotPage"), "SnapshotPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/audience/consent",
    validateSearch: optional((raw) => cursorOf(raw)),
    component: lazyRouteComponent(() => import("./consent/ConsentPage"), "ConsentPage"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/audience/imports",
    validateSearch: optional((raw) => cursorOf(raw)),
    component: lazyRouteComponent(() => import("./imports/Imports"), "Imports"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/audience/imports/new",
    validateSearch: optional((raw) => ({ kind: text(raw, "kind"), step: oneOf(raw, "step", IMPORT_STEPS) })),
    component: lazyRouteComponent(() => import("./imports/ImportWizard"), "ImportWizard"),
  }),
  createRoute({
    getParentRoute: parent,
    path: "/audience/imports/$id",
    validateSearch: optional((raw) => cursorOf(raw)),
    component: lazyRouteComponent(() => import("./imports/ImportPage"), "ImportPage"),
  }),
] as const;
