/** Choosing products: found by name, or a whole list of SKUs pasted at once. */
import { Select } from "antd";
import { useState } from "react";
import { useWords } from "@/words";
import { useProductsFound } from "../found";

interface Props {
  id?: string;
  value?: string[];
  onChange?: (skus: string[]) => void;
  label?: string;
}

export function SkuInput({ id, value, onChange, label }: Props) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  const { busy, options } = useProductsFound(typed);
  return (
    <Select
      id={id}
      aria-label={label}
      mode="tags"
      showSearch={{ filterOption: false, onSearch: setTyped }}
      tokenSeparators={[",", ";", " ", "\n", "\t"]}
      placeholder={t("offer.skusFind")}
      style={{ width: "100%" }}
      loading={busy}
      value={value ?? []}
      options={options}
      onChange={onChange}
    />
  );
}
