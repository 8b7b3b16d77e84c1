/** What the pages of audience snapshots ask the API for. */
import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";

const CHOICES_MAX = 50;

export const snapshotQuery = (id: string) =>
  queryOptions({
    queryKey: ["snapshots", id],
    queryFn: () => answer(api.GET("/api/v1/audience-snapshots/{id}", { params: { path: { id } } })),
    staleTime: 5 * 60_000,
  });

/** Snapshots, latest first; those with `q` in their name. */
export const snapshotsPage = (q?: string) => (cursor: string | undefined, limit: number) =>
  answer(api.GET("/api/v1/audience-snapshots", { params: { query: { q, cursor, limit } } }));

export const snapshotChoices = queryOptions({ queryKey: ["snapshots", "choices"], queryFn: () => snapshotsPage()(undefined, CHOICES_MAX), staleTime: 60_000 });
