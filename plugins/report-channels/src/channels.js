// The thinking: numbers by channel, put side by side. Knows nothing of the contract.

/** The metrics that are asked for, each broken down by channel. */
export const METRICS = ["sends", "unique-clicks", "touches", "attributed-conversions", "attributed-revenue", "spend"];

/**
 * One row a channel. A number is absent where the catalogue has none, and null where it is withheld.
 *
 * @param {Record<string, {keys: string[], value: number | null}[]>} found rows by metric
 */
export function table(found) {
  const channels = new Map();
  for (const [metric, rows] of Object.entries(found)) {
    for (const { keys, value } of rows) {
      const channel = keys[0] ?? "";
      if (!channels.has(channel)) channels.set(channel, { channel });
      const row = channels.get(channel);
      // A metric that is broken down further comes in several rows: one withheld part withholds the sum.
      const before = row[metric];
      row[metric] = before === undefined ? value : before === null || value === null ? null : before + value;
    }
  }
  return [...channels.values()].sort((one, other) => (other.spend ?? 0) - (one.spend ?? 0) || (one.channel < other.channel ? -1 : 1));
}

/** Revenue for each unit of money spent, where both are known and something was spent. */
export function returned(row) {
  const [revenue, spend] = [row["attributed-revenue"], row.spend];
  return typeof revenue === "number" && typeof spend === "number" && spend > 0 ? revenue / spend : null;
}

/** The channel that earns most for its money, if at least two can be compared. */
export function best(rows) {
  const rated = rows.map((row) => ({ row, rate: returned(row) })).filter(({ rate }) => rate !== null);
  rated.sort((one, other) => other.rate - one.rate);
  return rated.length < 2 ? null : { best: rated[0], worst: rated[rated.length - 1] };
}

/** Channels that cost money and brought nothing in that is known. */
export function idle(rows) {
  return rows.filter((row) => row.spend > 0 && row["attributed-revenue"] === 0).map((row) => row.channel);
}
