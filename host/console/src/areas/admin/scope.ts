/** What may be done in the whole workspace: what `/me` grants in some units only does not count. */
import { useSuspenseQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import { may, meQuery } from "@/api/me";
import { GROUPS, type Section } from "./sections";

type Grants = Pick<Schemas["Me"], "grants">;

export function mayEverywhere(me: Grants, permission: string): boolean {
  return may({ grants: me.grants.filter((grant) => !grant.units) }, permission);
}

export function useMayEverywhere(): (permission: string) => boolean {
  const { data } = useSuspenseQuery(meQuery);
  return (permission) => mayEverywhere(data, permission);
}

/** The groups with the sections that are open to a person; empty groups are left out. */
export function openGroups(me: Grants): typeof GROUPS {
  const opens = (section: Section) => (section.everywhere ? mayEverywhere : may)(me, section.permission);
  return GROUPS.map((group) => ({ ...group, sections: group.sections.filter(opens) })).filter((group) => group.sections.length > 0);
}
