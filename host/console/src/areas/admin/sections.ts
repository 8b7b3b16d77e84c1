/** The sections of Admin, in the order of its list, each with the permission it needs and where that must be held. */
import type { Key } from "@/words";

export interface Section {
  path:
    | "/admin/users"
    | "/admin/units"
    | "/admin/tokens"
    | "/admin/audit"
    | "/admin/workspace"
    | "/admin/retention"
    | "/admin/person-requests"
    | "/admin/delivery"
    | "/admin/mail-servers"
    | "/admin/jobs"
    | "/admin/health"
    | "/admin/backups";
  title: Key;
  permission: string;
  /** Belongs to the workspace as a whole: a role in one unit does not reach it. */
  everywhere?: true;
}

export const GROUPS: { title: Key; sections: Section[] }[] = [
  {
    title: "admin.group.access",
    sections: [
      { path: "/admin/users", title: "admin.users", permission: "users.read" },
      { path: "/admin/units", title: "admin.units", permission: "units.read" },
      { path: "/admin/tokens", title: "admin.tokens", permission: "tokens.read" },
      { path: "/admin/audit", title: "admin.audit", permission: "audit.read", everywhere: true },
    ],
  },
  {
    title: "admin.group.workspace",
    sections: [
      { path: "/admin/workspace", title: "admin.workspace", permission: "workspace.read" },
      { path: "/admin/retention", title: "admin.retention", permission: "workspace.read" },
      { path: "/admin/person-requests", title: "admin.personRequests", permission: "audience.read" },
    ],
  },
  {
    title: "admin.group.sending",
    sections: [
      { path: "/admin/delivery", title: "admin.delivery", permission: "delivery.read" },
      { path: "/admin/mail-servers", title: "admin.mailServers", permission: "delivery.read", everywhere: true },
    ],
  },
  {
    title: "admin.group.host",
    sections: [
      { path: "/admin/jobs", title: "admin.jobs", permission: "jobs.read" },
      { path: "/admin/health", title: "admin.health", permission: "host.write", everywhere: true },
      { path: "/admin/backups", title: "admin.backups", permission: "host.write", everywhere: true },
    ],
  },
];
