/** Products found as somebody types. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { answer, api } from "@/api/client";

const FOUND_MAX = 20;
const REST_MS = 250;

export function useProductsFound(typed: string) {
  const asked = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ["products", "found", asked],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      // A short rest, so that not every letter is a question.
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      if (signal.aborted) throw new DOMException("", "AbortError");
      return answer(api.GET("/api/v1/products", { params: { query: { search: asked || undefined, limit: FOUND_MAX } } }));
    },
  });
  return { busy: found.isFetching, options: (found.data?.items ?? []).map((one) => ({ value: one.sku, label: `${one.name} (${one.sku})` })) };
}
