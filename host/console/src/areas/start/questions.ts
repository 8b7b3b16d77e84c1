/** What the first steps ask the API for. */
import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";

const one = { params: { query: { limit: 1 } } };

/** A workspace is fresh while nobody and nothing is in it. */
export const freshQuery = queryOptions({
  queryKey: ["start", "fresh"],
  staleTime: 60_000,
  queryFn: async () => {
    const [contacts, campaigns, imports] = await Promise.all([
      answer(api.GET("/api/v1/contacts", one)),
      answer(api.GET("/api/v1/campaigns", one)),
      answer(api.GET("/api/v1/imports", one)),
    ]);
    return contacts.items.length === 0 && campaigns.items.length === 0 && imports.items.length === 0;
  },
});

export const unitsQuery = queryOptions({ queryKey: ["units", "start"], queryFn: () => answer(api.GET("/api/v1/units", { params: { query: { limit: 500 } } })) });
export const brandsQuery = queryOptions({ queryKey: ["brands"], queryFn: () => answer(api.GET("/api/v1/brands")) });
export const importsQuery = queryOptions({
  queryKey: ["imports", "start"],
  queryFn: () => answer(api.GET("/api/v1/imports", { params: { query: { limit: 20 } } })),
  refetchInterval: 3_000,
});
export const hostQuery = queryOptions({ queryKey: ["host"], queryFn: () => answer(api.GET("/api/v1/host")) });
