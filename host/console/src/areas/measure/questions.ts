/** Questions to the metrics catalogue. The console asks; it never computes a number of its own. */
import { queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";
import { workspaceQuery } from "@/api/me";
import { anchor } from "./period";

export type Question = Schemas["MetricQuestion"];

export const catalogueQuery = queryOptions({
  queryKey: ["metrics", "catalogue"],
  staleTime: 10 * 60_000,
  queryFn: () => answer(api.GET("/api/v1/metrics")),
});

export const questionQuery = (body: Question) =>
  queryOptions({
    queryKey: ["metrics", "query", body],
    staleTime: 60_000,
    queryFn: () => answer(api.POST("/api/v1/metrics/query", { body })),
  });

export const conversionsQuery = queryOptions({
  queryKey: ["conversion-definitions"],
  staleTime: 10 * 60_000,
  queryFn: () => answer(api.GET("/api/v1/conversion-definitions", { params: { query: { limit: 100 } } })),
});

/** A filter, with the conversion where the metric is counted by one. */
export function whereOf(
  metric: Schemas["Metric"] | undefined,
  where: Record<string, string[]> | undefined,
  conversion: string | undefined,
): Record<string, string[]> | undefined {
  const counted = metric?.dimensions.some((one) => one.name === "conversion") ?? false;
  if (!counted || !conversion || where?.conversion) return where;
  return { ...where, conversion: [conversion] };
}

/** Where the chosen period ends; see `anchor`. */
export function useEnd(): Date | undefined {
  const { data: workspace } = useSuspenseQuery(workspaceQuery);
  const orders = useQuery(questionQuery({ metric: "orders", by: ["month"] }));
  const sends = useQuery(questionQuery({ metric: "sends", by: ["month"] }));
  if (orders.isPending || sends.isPending) return undefined;
  const months = [...(orders.data?.rows ?? []), ...(sends.data?.rows ?? [])].map((row) => ({
    key: row.keys[0] ?? "",
    value: row.value ?? 0,
  }));
  // To the minute, or every drawing would be another question.
  const now = workspace.stands_at ? new Date(workspace.stands_at) : new Date(Math.floor(Date.now() / 60_000) * 60_000);
  return anchor(now, months);
}

export const attributionRunQuery = (id: string) =>
  queryOptions({
    queryKey: ["attribution-runs", id],
    queryFn: () => answer(api.GET("/api/v1/attribution-runs/{id}", { params: { path: { id } } })),
    refetchInterval: (query) => (underWay(query.state.data?.state) ? LOOK_AGAIN_MS : false),
  });

export const attributionPathsQuery = (id: string) =>
  queryOptions({
    queryKey: ["attribution-runs", id, "paths"],
    queryFn: () => answer(api.GET("/api/v1/attribution-runs/{id}/paths", { params: { path: { id } } })),
    staleTime: Infinity,
    retry: false,
  });

export const liftRunQuery = (id: string) =>
  queryOptions({
    queryKey: ["lift-runs", id],
    queryFn: () => answer(api.GET("/api/v1/lift-runs/{id}", { params: { path: { id } } })),
    refetchInterval: (query) => (underWay(query.state.data?.state) ? LOOK_AGAIN_MS : false),
  });

export const reportRunQuery = (id: string) =>
  queryOptions({
    queryKey: ["report-runs", id],
    queryFn: () => answer(api.GET("/api/v1/report-runs/{id}", { params: { path: { id } } })),
    refetchInterval: (query) => (underWay(query.state.data?.state) ? LOOK_AGAIN_MS : false),
  });

export const experimentNamesQuery = queryOptions({
  queryKey: ["experiments", "choices"],
  queryFn: () => answer(api.GET("/api/v1/experiments", { params: { query: { limit: CHOICES_MAX } } })),
});

/** A run that is not over is looked at again until it is. */
const LOOK_AGAIN_MS = 1_500;
const CHOICES_MAX = 500;
export const underWay = (state: string | undefined) => state === "waiting" || state === "running";
