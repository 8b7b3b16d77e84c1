/** What the pages of creative work ask the API for. */
import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";

/** Lists to choose from are asked for whole, up to this many. */
const CHOICES_MAX = 500;
const all = { params: { query: { limit: CHOICES_MAX } } };

export const creativeQuery = (id: string) =>
  queryOptions({
    queryKey: ["creatives", id],
    queryFn: () => answer(api.GET("/api/v1/creatives/{id}", { params: { path: { id } } })),
  });

export const messageQuery = (id: string) =>
  queryOptions({
    queryKey: ["messages", id],
    queryFn: () => answer(api.GET("/api/v1/messages/{id}", { params: { path: { id } } })),
  });

/** One page of a ranking; the question itself comes with every page. */
export const rankingQuery = (id: string, cursor?: string, limit = 50) =>
  queryOptions({
    queryKey: ["recommendations", id, cursor, limit],
    queryFn: () => answer(api.GET("/api/v1/recommendations/{id}", { params: { path: { id }, query: { cursor, limit } } })),
    // What was answered once never changes.
    staleTime: Infinity,
  });

export const gainsQuery = (campaign: string, recommendation: string) =>
  queryOptions({
    queryKey: ["campaigns", campaign, "gains", recommendation],
    queryFn: () => answer(api.GET("/api/v1/campaigns/{id}/gains", { params: { path: { id: campaign }, query: { recommendation } } })),
  });

export const libraryQuery = queryOptions({ queryKey: ["creatives", "choices"], staleTime: 60_000, queryFn: () => answer(api.GET("/api/v1/creatives", all)) });
export const brandsQuery = queryOptions({ queryKey: ["brands"], queryFn: () => answer(api.GET("/api/v1/brands")) });
export const offersQuery = queryOptions({ queryKey: ["offers", "choices"], staleTime: 60_000, queryFn: () => answer(api.GET("/api/v1/offers", all)) });
