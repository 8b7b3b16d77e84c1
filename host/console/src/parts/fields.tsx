/** Fields that speak the API's units: money in minor units, instants in UTC shown in the workspace's zone. */
import { DatePicker, InputNumber, Typography } from "antd";
import dayjs, { type Dayjs } from "dayjs";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";
import { useWords } from "@/words";
import { minorUnits } from "@/words/format";

dayjs.extend(utc);
dayjs.extend(timezone);

interface Field<T> {
  id?: string;
  value?: T | null;
  onChange?: (value: T | null) => void;
  disabled?: boolean;
  /** Where no label stands beside it. */
  label?: string;
}

export function MoneyInput({ currency, ...field }: Field<number> & { currency: string }) {
  const units = minorUnits(currency);
  return (
    <InputNumber<number>
      id={field.id}
      aria-label={field.label}
      min={0}
      disabled={field.disabled}
      precision={Math.round(Math.log10(units))}
      suffix={currency}
      style={{ width: 200 }}
      value={field.value === null || field.value === undefined ? null : field.value / units}
      onChange={(value) => field.onChange?.(value === null ? null : Math.round(value * units))}
    />
  );
}

/** A wall time in the workspace's zone, kept as the instant it means. */
export function InstantInput(field: Field<string>) {
  const { f } = useWords();
  const shown = field.value ? dayjs(field.value).tz(f.zone) : null;
  return (
    <DatePicker
      id={field.id}
      showTime={{ format: "HH:mm" }}
      format="YYYY-MM-DD HH:mm"
      disabled={field.disabled}
      value={shown}
      suffixIcon={<Typography.Text type="secondary" className="small">{f.zone}</Typography.Text>}
      style={{ width: 260 }}
      // Enter takes what was typed; the form around is not sent by it.
      onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
      onChange={(value: Dayjs | null) => field.onChange?.(value ? dayjs.tz(value.format("YYYY-MM-DDTHH:mm"), f.zone).toISOString() : null)}
    />
  );
}
