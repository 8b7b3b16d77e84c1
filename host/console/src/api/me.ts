/** Who is signed in and what they may do, as `/me` says it. The API refuses all the same. */
import { useSuspenseQuery, queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "./client";
import { session } from "./session";

export const meQuery = queryOptions({
  queryKey: ["me"],
  staleTime: 5 * 60_000,
  queryFn: async () => {
    const me = await answer(api.GET("/api/v1/me"));
    session.begin();
    return me;
  },
});

export const workspaceQuery = queryOptions({
  queryKey: ["workspace"],
  staleTime: 5 * 60_000,
  queryFn: () => answer(api.GET("/api/v1/workspace")),
});

type Grants = Pick<Schemas["Me"], "grants">;

/** Whether a permission such as `campaign.launch` is held in any unit; the patterns are those of `/me`. */
export function may(me: Grants, permission: string): boolean {
  const [area, verb] = permission.split(".");
  return me.grants.some((grant) =>
    grant.permissions.some((pattern) => {
      if (pattern === "*") return true;
      const [heldArea, heldVerb] = pattern.split(".");
      return (heldArea === "*" || heldArea === area) && (heldVerb === "*" || heldVerb === verb);
    }),
  );
}

export function useMay(): (permission: string) => boolean {
  const { data } = useSuspenseQuery(meQuery);
  return (permission) => may(data, permission);
}
