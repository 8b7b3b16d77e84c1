/** From rows of credit by channel and campaign to the stations and links of a picture. Pure. */
import type { Schemas } from "@/api/client";
import type { FlowLink, FlowNode } from "./Flow";

type Row = Pick<Schemas["MetricAnswerRow"], "keys" | "labels" | "value">;

/** So many campaigns are told apart; the rest run together. */
const CAMPAIGNS_MAX = 14;
const REST = "*";

export interface Drawn {
  nodes: FlowNode[];
  links: FlowLink[];
}

/** The ends of a link, as the API knows them; the rest of the campaigns are none. */
export function ends(link: FlowLink): { channel: string; campaign: string | undefined } {
  const campaign = link.to.slice(1);
  return { channel: link.from.slice(1), campaign: campaign === REST || campaign === "" ? undefined : campaign };
}

export function drawn(rows: Row[], names: { none: string; rest: string }): Drawn {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(row.keys[1] ?? "", (sums.get(row.keys[1] ?? "") ?? 0) + (row.value ?? 0));
  const largest = [...sums].sort((a, b) => b[1] - a[1]).map(([key]) => key);
  const own = new Set(largest.length > CAMPAIGNS_MAX ? largest.slice(0, CAMPAIGNS_MAX - 1) : largest);
  const nodes = new Map<string, FlowNode>();
  const links = new Map<string, FlowLink>();
  for (const row of rows) {
    const value = row.value ?? 0;
    if (value <= 0) continue;
    const [channel = "", campaign = ""] = row.keys;
    const to = own.has(campaign) ? campaign : REST;
    // A channel and a campaign may be called alike: each has its own letter before it.
    nodes.set(`c${channel}`, { id: `c${channel}`, label: row.labels[0] || names.none, depth: 0 });
    nodes.set(`t${to}`, { id: `t${to}`, label: to === REST ? names.rest : row.labels[1] || names.none, depth: 1 });
    const key = `${channel}\u0000${to}`;
    const link = links.get(key) ?? { from: `c${channel}`, to: `t${to}`, value: 0 };
    links.set(key, { ...link, value: link.value + value });
  }
  const size = (id: string) => [...links.values()].reduce((sum, one) => (one.from === id || one.to === id ? sum + one.value : sum), 0);
  // The largest first; what runs together last.
  const ordered = [...nodes.values()].sort((a, b) => Number(a.id === `t${REST}`) - Number(b.id === `t${REST}`) || size(b.id) - size(a.id));
  return { nodes: ordered, links: [...links.values()].sort((a, b) => b.value - a.value) };
}
