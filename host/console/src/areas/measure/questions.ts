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
