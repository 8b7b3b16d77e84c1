/** What the pages of plugins ask the API for. */
import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import type { Mood } from "@/parts/StateTag";

export const installationsQuery = queryOptions({
  queryKey: ["installations", "list"],
  queryFn: () => answer(api.GET("/api/v1/installations", { params: { query: { limit: 500 } } })),
});

export const installationQuery = (id: string) =>
  queryOptions({
    queryKey: ["installations", id],
    queryFn: () => answer(api.GET("/api/v1/installations/{id}", { params: { path: { id } } })),
  });

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["installations", id, "versions"],
    queryFn: () => answer(api.GET("/api/v1/installations/{id}/versions", { params: { path: { id } } })),
  });

export const packageQuery = (digest: string) =>
  queryOptions({
    queryKey: ["packages", digest],
    staleTime: Infinity,
    queryFn: () => answer(api.GET("/api/v1/plugins/{digest}", { params: { path: { digest } } })),
  });

const MOODS: Record<string, Mood> = {
  active: "good",
  canary: "busy",
  shadow: "busy",
  waiting: "waiting",
  approved: "waiting",
  degraded: "warning",
  resting: "warning",
  quarantined: "bad",
  revoked: "bad",
  disabled: "paused",
  superseded: "quiet",
  removed: "quiet",
};

export const pluginMood = (state: string): Mood => MOODS[state] ?? "quiet";

/** A text that a plugin gives in several languages. */
export function inLanguage(texts: Record<string, string>, language: string): string {
  return texts[language] ?? texts.en ?? Object.values(texts)[0] ?? "";
}

/** The state of a breaker; the document leaves its shape open. */
export function breakerState(health: Pick<Schemas["InstallationHealth"], "breaker">): string {
  const { state } = health.breaker as { state?: unknown };
  return typeof state === "string" ? state : "closed";
}
