/** What the pages of access ask the API for. */
import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import type { Mood } from "@/parts/StateTag";
import { everyPage } from "../everyPage";

export const usersQuery = queryOptions({
  queryKey: ["users", "all"],
  queryFn: () => everyPage((cursor, limit) => answer(api.GET("/api/v1/users", { params: { query: { cursor, limit } } }))),
});

export const userQuery = (id: string) =>
  queryOptions({
    queryKey: ["users", id],
    queryFn: () => answer(api.GET("/api/v1/users/{id}", { params: { path: { id } } })),
  });

const MOODS: Record<string, Mood> = { active: "good", invited: "waiting", disabled: "paused" };

export const userMood = (state: string): Mood => MOODS[state] ?? "quiet";

/** The link by which a person sets a password. The secret stands after `#`: no server and no log ever sees it. */
export const invitationLink = ({ token }: Pick<Schemas["Invitation"], "token">) => `${window.location.origin}/console/invitations/accept#${token}`;

type TokenState = "active" | "expired" | "revoked";

export function tokenState(token: Pick<Schemas["Token"], "revoked_at" | "expires_at">): TokenState {
  if (token.revoked_at) return "revoked";
  return token.expires_at && new Date(token.expires_at).getTime() <= Date.now() ? "expired" : "active";
}

export const TOKEN_MOODS: Record<TokenState, Mood> = { active: "good", expired: "quiet", revoked: "bad" };
