/** Days people choose, as the instants they begin at in the workspace's zone. */
import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";

dayjs.extend(utc);
dayjs.extend(timezone);

export const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

export interface Between {
  from?: string;
  until?: string;
}

/** From the first day's beginning to the last day's end, which the API leaves out. */
export function between(from: string | undefined, until: string | undefined, zone: string): Between {
  const begins = (day: string, later: number) => dayjs.tz(dayjs.utc(day).add(later, "day").format("YYYY-MM-DDTHH:mm:ss"), zone).toISOString();
  return { ...(from && { from: begins(from, 0) }), ...(until && { until: begins(until, 1) }) };
}
