/** What the pages of plugins ask the API for. */
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import type { Mood } from "@/parts/StateTag";
import { objectOf, type Breaker } from "./shapes";

/** The most rows the API gives at a time; a workspace has fewer of these. */
const ALL = 500;

export const installationsQuery = queryOptions({
  queryKey: ["installations", "list"],
  queryFn: () => answer(api.GET("/api/v1/installations", { params: { query: { limit: ALL } } })),
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

export const versionQuery = (id: string, version: string) =>
  queryOptions({
    queryKey: ["installations", id, "versions", version],
    queryFn: () => answer(api.GET("/api/v1/installations/{id}/versions/{version}", { params: { path: { id, version } } })),
  });

export const shadowQuery = (id: string, version: string) =>
  queryOptions({
    queryKey: ["installations", id, "versions", version, "shadow"],
    queryFn: () => answer(api.GET("/api/v1/installations/{id}/versions/{version}/shadow", { params: { path: { id, version } } })),
  });

export const rolloutQuery = (id: string) =>
  queryOptions({
    queryKey: ["installations", id, "rollout"],
    queryFn: () => answer(api.GET("/api/v1/installations/{id}/rollout", { params: { path: { id } } })),
  });

export const canariesQuery = (id: string) =>
  queryOptions({
    queryKey: ["installations", id, "canaries"],
    queryFn: () => answer(api.GET("/api/v1/installations/{id}/canaries", { params: { path: { id } } })),
  });

export const denialsQuery = (id: string) =>
  queryOptions({
    queryKey: ["installations", id, "denials"],
    queryFn: () => answer(api.GET("/api/v1/installations/{id}/denials", { params: { path: { id } } })),
  });

/** The newest runs, one page of them. */
export const lastRunsQuery = (id: string, limit: number) =>
  queryOptions({
    queryKey: ["installations", id, "runs", "last", limit],
    queryFn: () => answer(api.GET("/api/v1/installations/{id}/runs", { params: { path: { id }, query: { limit } } })),
  });

/** One run: it has ended, so it never changes. Its words are asked for apart, since the audit log notes who looked. */
export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ["runs", id],
    staleTime: Infinity,
    queryFn: () => answer(api.GET("/api/v1/runs/{id}", { params: { path: { id } } })),
  });

export const wordsQuery = (id: string) =>
  queryOptions({
    queryKey: ["runs", id, "words"],
    staleTime: Infinity,
    queryFn: () => answer(api.GET("/api/v1/runs/{id}", { params: { path: { id }, query: { words: true } } })),
  });

export const packagesQuery = queryOptions({
  queryKey: ["packages", "list"],
  queryFn: () => answer(api.GET("/api/v1/plugins", { params: { query: { limit: ALL } } })),
});

export const packageQuery = (digest: string) =>
  queryOptions({
    queryKey: ["packages", digest],
    queryFn: () => answer(api.GET("/api/v1/plugins/{digest}", { params: { path: { digest } } })),
  });

export const conformanceQuery = (digest: string) =>
  queryOptions({
    queryKey: ["packages", digest, "conformance"],
    queryFn: () => answer(api.GET("/api/v1/plugins/{digest}/conformance", { params: { path: { digest } } })),
  });

export const keysQuery = queryOptions({
  queryKey: ["publisher-keys"],
  queryFn: () => answer(api.GET("/api/v1/publisher-keys", { params: { query: { limit: ALL } } })),
});

export const revocationsQuery = queryOptions({
  queryKey: ["package-revocations"],
  queryFn: () => answer(api.GET("/api/v1/package-revocations", { params: { query: { limit: ALL } } })),
});

export const policyQuery = queryOptions({
  queryKey: ["package-policy"],
  queryFn: () => answer(api.GET("/api/v1/package-policy")),
});

/** Put the installation that a step answered in its place, and look again at all that may follow from it. */
export function useTaken(): (asked: Promise<Schemas["Installation"]>) => Promise<void> {
  const queries = useQueryClient();
  return async (asked) => {
    const next = await asked;
    queries.setQueryData(installationQuery(next.id).queryKey, next);
    await queries.invalidateQueries({ queryKey: ["installations"] });
  };
}

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

export function breakerOf(health: { breaker: unknown }): Breaker {
  const { state = "closed", until_us } = objectOf<Breaker>(health.breaker);
  return until_us === undefined ? { state } : { state, until_us };
}
