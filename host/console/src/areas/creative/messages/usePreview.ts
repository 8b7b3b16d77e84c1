/** A message as one person would get it, drawn by the host while it is written. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import type { Contents, Parts } from "./contents";

const REST_MS = 450;

interface Asked {
  message: string;
  version: number;
  language: string;
  /** Only what is not kept yet. */
  parts: Parts | undefined;
  contact: string | undefined;
}

/** The last answer stays to be seen while the next one is refused. */
export function usePreview(asked: Asked) {
  const rested = useRested(JSON.stringify(asked));
  const [last, setLast] = useState<Schemas["MessagePreview"]>();
  const found = useQuery({
    queryKey: ["messages", asked.message, "preview", rested],
    queryFn: () => {
      const { message, language, parts, contact } = JSON.parse(rested) as Asked;
      const body: Schemas["MessagePreviewQuestion"] & { contents?: Contents } = { locale: language, ...(contact && { contact }), ...(parts && { contents: { [language]: parts } }) };
      return answer(api.POST("/api/v1/messages/{id}/preview", { params: { path: { id: message } }, body }));
    },
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });
  if (found.data && found.data !== last) setLast(found.data);
  return { shown: found.data ?? last, error: found.error, busy: found.isFetching };
}

/** A text once it has rested, so that not every letter is a question. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}
