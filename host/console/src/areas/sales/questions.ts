/** What the pages of products and orders ask the API for. */
import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";

/** Lists to choose from are asked for whole, up to this many. */
const CHOICES_MAX = 500;
/** Names change seldom, and one page asks for many. */
const NAMES_MS = 5 * 60_000;

export const totalsQuery = queryOptions({ queryKey: ["sales", "totals"], queryFn: () => answer(api.GET("/api/v1/sales/totals")) });

export const productQuery = (id: string) =>
  queryOptions({
    queryKey: ["products", id],
    queryFn: () => answer(api.GET("/api/v1/products/{id}", { params: { path: { id } } })),
  });

export const offerQuery = (id: string) =>
  queryOptions({
    queryKey: ["offers", id],
    queryFn: () => answer(api.GET("/api/v1/offers/{id}", { params: { path: { id } } })),
  });

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ["orders", id],
    queryFn: () => answer(api.GET("/api/v1/orders/{id}", { params: { path: { id } } })),
  });

export const refundsQuery = (order: string) =>
  queryOptions({
    queryKey: ["refunds", "of", order],
    queryFn: () => answer(api.GET("/api/v1/refunds", { params: { query: { sales_order: order, limit: CHOICES_MAX } } })),
  });

export const channelQuery = (id: string) =>
  queryOptions({
    queryKey: ["sales-channels", id],
    queryFn: () => answer(api.GET("/api/v1/sales-channels/{id}", { params: { path: { id } } })),
  });

export const channelsQuery = queryOptions({
  queryKey: ["sales-channels", "choices"],
  staleTime: NAMES_MS,
  queryFn: () => answer(api.GET("/api/v1/sales-channels", { params: { query: { limit: CHOICES_MAX } } })),
});

export const unitsQuery = queryOptions({
  queryKey: ["units", "choices"],
  staleTime: NAMES_MS,
  queryFn: () => answer(api.GET("/api/v1/units", { params: { query: { limit: CHOICES_MAX } } })),
});

export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: ["contacts", id, "head"],
    staleTime: NAMES_MS,
    queryFn: () => answer(api.GET("/api/v1/contacts/{id}", { params: { path: { id } } })),
  });
