/** An amount of money in a currency of its own, and choosing a currency. */
import { Flex, InputNumber, Select } from "antd";
import type { Schemas } from "@/api/client";
import { useWords } from "@/words";
import { minorUnits } from "@/words/format";

type Money = Schemas["Money"];

interface CurrencyProps {
  id?: string;
  value?: string | null;
  onChange?: (value: string) => void;
  label?: string;
  allowClear?: boolean;
  width?: number;
  autoFocus?: boolean;
}

export function CurrencySelect({ id, value, onChange, label, allowClear = false, width = 200, autoFocus = false }: CurrencyProps) {
  const { language } = useWords();
  const names = new Intl.DisplayNames([language], { type: "currency" });
  const options = Intl.supportedValuesOf("currency").map((code) => ({ value: code, label: `${code} · ${names.of(code) ?? code}` }));
  return (
    <Select
      id={id}
      aria-label={label}
      placeholder={label}
      allowClear={allowClear}
      autoFocus={autoFocus}
      showSearch={{ optionFilterProp: "label" }}
      style={{ width }}
      popupMatchSelectWidth={280}
      value={value ?? undefined}
      options={options}
      labelRender={(one) => one.value}
      onChange={onChange}
    />
  );
}

interface AmountProps {
  id?: string;
  value?: Money | null;
  onChange?: (value: Money | null) => void;
  /** Where no amount is set yet. */
  currency: string;
}

/** Empty is null: there is no such amount. */
export function AmountInput({ id, value, onChange, currency }: AmountProps) {
  const { t } = useWords();
  const held = value?.currency ?? currency;
  const units = minorUnits(held);
  return (
    <Flex gap={8}>
      <InputNumber<number>
        id={id}
        min={0}
        precision={Math.round(Math.log10(units))}
        style={{ width: 180 }}
        value={value ? value.minor / units : null}
        onChange={(next) => onChange?.(next === null ? null : { minor: Math.round(next * units), currency: held })}
      />
      <CurrencySelect
        label={t("money.currency")}
        width={100}
        value={held}
        // The figure stays as it reads: 5 USD becomes 5 JPY, not 500.
        onChange={(next) => value && onChange?.({ minor: Math.round((value.minor / units) * minorUnits(next)), currency: next })}
      />
    </Flex>
  );
}
