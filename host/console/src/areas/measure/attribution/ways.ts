/** From the ways that paths went to the stations and links of a picture, the last touches at the right. Pure. */
import type { Schemas } from "@/api/client";
import type { FlowLink, FlowNode } from "./Flow";
import type { Drawn } from "./stations";

type Way = Schemas["AttributionPathPattern"];

/** So many touches before the outcome are drawn. */
const TOUCHES_MAX = 4;
const CONVERTED = "converted";
const LEFT = "left";

/** `all` draws paths without a conversion, too; else only what led to one. */
export function flowOf(ways: Way[], all: boolean, names: { converted: string; left: string }): Drawn {
  const nodes = new Map<string, FlowNode>();
  const links = new Map<string, FlowLink>();
  const go = (from: string, to: string, value: number) => {
    if (value <= 0) return;
    const key = `${from}\u0000${to}`;
    links.set(key, { from, to, value: (links.get(key)?.value ?? 0) + value });
  };
  for (const way of ways) {
    const value = all ? way.paths : way.conversions;
    if (value <= 0) continue;
    const shown = way.channels.slice(-TOUCHES_MAX);
    const stops = shown.map((channel, at) => {
      const depth = TOUCHES_MAX - shown.length + at;
      const id = `${depth}:${channel}`;
      nodes.set(id, { id, label: channel, depth, tone: channel });
      return id;
    });
    stops.slice(1).forEach((to, at) => go(stops[at] ?? "", to, value));
    const last = stops.at(-1) ?? "";
    go(last, CONVERTED, way.conversions);
    if (all) go(last, LEFT, way.paths - way.conversions);
  }
  const ends = [...links.values()].map((one) => one.to);
  if (ends.includes(CONVERTED)) nodes.set(CONVERTED, { id: CONVERTED, label: names.converted, depth: TOUCHES_MAX });
  if (ends.includes(LEFT)) nodes.set(LEFT, { id: LEFT, label: names.left, depth: TOUCHES_MAX });
  const size = (id: string) => [...links.values()].reduce((sum, one) => (one.from === id ? sum + one.value : sum), 0);
  // Stations from the left, without empty ones; in each the largest first.
  const first = Math.min(...[...nodes.values()].map((one) => one.depth));
  const ordered = [...nodes.values()].map((one) => ({ ...one, depth: one.depth - first })).sort((a, b) => a.depth - b.depth || size(b.id) - size(a.id));
  return { nodes: ordered, links: [...links.values()].sort((a, b) => b.value - a.value) };
}

/** A way as people read it; an ellipsis before it says that it began earlier. */
export function wayText(way: Pick<Way, "channels" | "longer">): string {
  return [...(way.longer ? ["…"] : []), ...way.channels].join(" → ");
}
