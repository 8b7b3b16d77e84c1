/** A field for a first and a last day. */
import { DatePicker } from "antd";
import dayjs from "dayjs";
import { useWords } from "@/words";
import type { Days } from "./days";

interface Props {
  id?: string;
  value?: Days;
  onChange?: (days: Days) => void;
  /** Where no label stands beside it. */
  label?: string;
}

export function DayRange({ id, value, onChange, label }: Props) {
  const { t } = useWords();
  return (
    <DatePicker.RangePicker
      {...(id && { id: { start: id, end: `${id}-until` } })}
      aria-label={label}
      format="YYYY-MM-DD"
      placeholder={[t("measure.from"), t("measure.until")]}
      allowEmpty={[true, true]}
      value={[value?.from ? dayjs(value.from) : null, value?.until ? dayjs(value.until) : null]}
      onChange={(range) => onChange?.({ from: range?.[0]?.format("YYYY-MM-DD"), until: range?.[1]?.format("YYYY-MM-DD") })}
    />
  );
}
