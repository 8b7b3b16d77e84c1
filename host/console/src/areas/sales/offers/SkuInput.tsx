/** Choosing products: found by name, or a whole list of SKUs pasted at once. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useDeferredValue, useState } from "react";
import { answer, api } from "@/api/client";
import { useWords } from "@/words";

const FOUND_MAX = 20;
const REST_MS = 250;

interface Props {
  id?: string;
  value?: string[];
  onChange?: (skus: string[]) => void;
  label?: string;
}

export function SkuInput({ id, value, onChange, label }: Props) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
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
  return (
    <Select
      id={id}
      aria-label={label}
      mode="tags"
      showSearch={{ filterOption: false, onSearch: setTyped }}
      tokenSeparators={[",", ";", " ", "\n", "\t"]}
      placeholder={t("offer.skusFind")}
      style={{ width: "100%" }}
      loading={found.isFetching}
      value={value ?? []}
      options={(found.data?.items ?? []).map((one) => ({ value: one.sku, label: `${one.name} (${one.sku})` }))}
      onChange={onChange}
    />
  );
}
