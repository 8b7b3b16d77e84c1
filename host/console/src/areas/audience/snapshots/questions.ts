/** What the pages of audience snapshots ask the API for. */
import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";

const CHOICES_MAX = 50;

export const snapshotQuery = (id: string) =>
  queryOptions({
    queryKey: ["snapshots", id],
    queryFn: () => answer(api.GET("/api/v1/audience-snapshots/{id}", { params: { path: { id } } })),
    staleTime: 5 * 60_000,
  });

/** The snapshots that were ordered, latest first: each has a job that names it. */
export async function snapshotsPage(cursor: string | undefined, limit: number) {
  const jobs = await answer(api.GET("/api/v1/jobs", { params: { query: { kind: "audience.snapshot", cursor, limit } } }));
  const ids = [...new Set(jobs.items.flatMap((job) => (job.key ? [job.key] : [])))];
  const items = await Promise.all(ids.map((id) => answer(api.GET("/api/v1/audience-snapshots/{id}", { params: { path: { id } } })).catch(() => undefined)));
  return { items: items.filter((one): one is Schemas["Snapshot"] => one !== undefined), next: jobs.next ?? null };
}

export const snapshotChoices = queryOptions({ queryKey: ["snapshots", "choices"], queryFn: () => snapshotsPage(undefined, CHOICES_MAX), staleTime: 60_000 });
