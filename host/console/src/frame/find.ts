/** What the one search field asks for: each area that may be read, a few of each. */
import { answer, api } from "@/api/client";
import { areas } from "@/areas";

const EACH_MAX = 6;
/** Installations are few; the API does not search them. */
const INSTALLATIONS_MAX = 500;

interface Hit {
  to: string;
  label: string;
}

export type Found = Record<"contacts" | "campaigns" | "creatives" | "plugins", Hit[]>;

export async function find(text: string, may: (permission: string) => boolean): Promise<Found> {
  const q = text.toLowerCase();
  // Only where a page shows it: an area that is not built in is not searched.
  const shown = (path: string) => areas.some((area) => area.path === path && area.permissions.every(may));
  const [contacts, campaigns, creatives, installations] = await Promise.all([
    may("audience.read") ? answer(api.GET("/api/v1/contacts", { params: { query: { q: text, limit: EACH_MAX } } })) : undefined,
    may("campaign.read") ? answer(api.GET("/api/v1/campaigns", { params: { query: { search: text, limit: EACH_MAX } } })) : undefined,
    shown("/creative") ? answer(api.GET("/api/v1/creatives", { params: { query: { search: text, limit: EACH_MAX } } })) : undefined,
    may("plugins.read") ? answer(api.GET("/api/v1/installations", { params: { query: { limit: INSTALLATIONS_MAX } } })) : undefined,
  ]);
  const fits = (one: { name: string; plugin: string }) => `${one.name} ${one.plugin}`.toLowerCase().includes(q);
  return {
    contacts: (contacts?.items ?? []).map((one) => ({ to: `/audience/contacts/${one.id}`, label: one.name || one.id })),
    campaigns: (campaigns?.items ?? []).map((one) => ({ to: `/campaigns/${one.id}`, label: `${one.name} (${one.code})` })),
    creatives: (creatives?.items ?? []).map((one) => ({ to: `/creative/library/${one.id}`, label: `${one.title} (${one.code})` })),
    plugins: (installations?.items ?? []).filter(fits).slice(0, EACH_MAX).map((one) => ({ to: `/plugins/${one.id}`, label: one.name })),
  };
}
