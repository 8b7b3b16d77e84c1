/** From one day to another, the last one included. */
import { DatePicker } from "antd";
import dayjs from "dayjs";
import { useWords } from "@/words";

interface Props {
  from: string | undefined;
  until: string | undefined;
  onChange: (from: string | undefined, until: string | undefined) => void;
  label: string;
}

export function DayRange({ from, until, onChange, label }: Props) {
  const { t } = useWords();
  return (
    <DatePicker.RangePicker
      aria-label={label}
      allowEmpty={[true, true]}
      placeholder={[t("sales.from"), t("sales.until")]}
      value={[from ? dayjs(from) : null, until ? dayjs(until) : null]}
      style={{ width: 260 }}
      onChange={(days) => onChange(days?.[0]?.format("YYYY-MM-DD"), days?.[1]?.format("YYYY-MM-DD"))}
    />
  );
}
