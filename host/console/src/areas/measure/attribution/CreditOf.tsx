/** Credit as conversions or as their value. */
import { Segmented } from "antd";
import { useWords } from "@/words";
import type { CREDIT_OF } from "../measureRoutes";

export type Of = (typeof CREDIT_OF)[number];

export function CreditOf({ value, onChange }: { value: Of; onChange: (of: Of) => void }) {
  const { t } = useWords();
  return (
    <Segmented<Of>
      aria-label={t("attribution.of")}
      value={value}
      options={[
        { value: "conversions", label: t("attribution.conversions") },
        { value: "value", label: t("attribution.value") },
      ]}
      onChange={onChange}
    />
  );
}
