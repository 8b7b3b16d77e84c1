/** Days as people choose them, and the instants they mean in the workspace's zone. */
import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";
import type { Span } from "./period";

dayjs.extend(utc);
dayjs.extend(timezone);

/** From a first to a last day, both included, as `2026-01-31`. */
export interface Days {
  from?: string | undefined;
  until?: string | undefined;
}

const start = (day: string, zone: string) => dayjs.tz(`${day}T00:00:00`, zone);

/** The instants of those days: from the first's beginning to the last's end, excluded. */
export function instants({ from, until }: Days, zone: string): Span {
  return {
    ...(from && { start: start(from, zone).toISOString() }),
    // The next day's beginning, not 24 hours on: a day may have 23 or 25.
    ...(until && { end: start(dayjs.utc(until).add(1, "day").format("YYYY-MM-DD"), zone).toISOString() }),
  };
}

/** The days of a span of instants. */
export function daysOf({ start: from, end }: Span, zone: string): Days {
  return {
    ...(from && { from: dayjs(from).tz(zone).format("YYYY-MM-DD") }),
    ...(end && { until: dayjs(end).subtract(1, "millisecond").tz(zone).format("YYYY-MM-DD") }),
  };
}
