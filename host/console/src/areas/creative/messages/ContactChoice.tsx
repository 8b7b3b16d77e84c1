/** Choosing one contact by name: as whom a preview is drawn, or who bought. */
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useDeferredValue, useState } from "react";
import { answer, api } from "@/api/client";
import { useWords } from "@/words";

const FOUND_MAX = 20;

interface Props {
  id?: string;
  value?: string | undefined;
  onChange?: (value: string | undefined) => void;
  label: string;
  width?: number | string;
}

export function ContactChoice({ id, value, onChange, label, width = 220 }: Props) {
  const { t } = useWords();
  const [q, setQ] = useState("");
  const asked = useDeferredValue(q.trim());
  const found = useQuery({
    queryKey: ["contacts", "choices", asked],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      await new Promise((resolve) => setTimeout(resolve, 250));
      if (signal.aborted) throw new DOMException("", "AbortError");
      return answer(api.GET("/api/v1/contacts", { params: { query: { limit: FOUND_MAX, ...(asked && { q: asked }) } } }));
    },
  });
  const chosen = useQuery({
    queryKey: ["contacts", value],
    enabled: value !== undefined,
    queryFn: () => answer(api.GET("/api/v1/contacts/{id}", { params: { path: { id: value ?? "" } } })),
  });
  const people = [...(found.data?.items ?? [])];
  if (chosen.data && !people.some((one) => one.id === chosen.data.id)) people.unshift(chosen.data);
  return (
    <Select
      allowClear
      showSearch={{ filterOption: false, onSearch: setQ }}
      id={id}
      aria-label={label}
      placeholder={label}
      style={{ width }}
      value={value ?? null}
      loading={found.isFetching}
      notFoundContent={found.isFetching ? t("app.loading") : t("table.noFit")}
      options={people.map((one) => ({ value: one.id, label: one.name || t("contact.unnamed") }))}
      onChange={(next: string | null) => onChange?.(next ?? undefined)}
    />
  );
}
