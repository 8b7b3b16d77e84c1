/** What the pages of every kind of run share: the state of one, and names for ids. */
import { useQuery } from "@tanstack/react-query";
import { campaignNamesQuery } from "@/areas/campaign/questions";
import { StateTag, type Mood } from "@/parts/StateTag";
import { useWords } from "@/words";
import { conversionsQuery, experimentNamesQuery } from "./questions";

const MOODS: Record<string, Mood> = { waiting: "waiting", running: "busy", finished: "good", failed: "bad" };

export function RunState({ state }: { state: string }) {
  const { code } = useWords();
  return <StateTag mood={MOODS[state] ?? "quiet"}>{code("run.state", state)}</StateTag>;
}

/** The last moment of a span whose end is excluded: until the 31st, not until the 1st at midnight. */
export const lastOf = (end: string) => new Date(Date.parse(end) - 1).toISOString();

type Named = { items: { id: string; name: string }[] } | undefined;
const nameIn = (list: Named, id: string | null | undefined) => (id ? list?.items.find((one) => one.id === id)?.name : undefined);

/** What ids of campaigns, conversions and experiments are called; the id where it is in no list. */
export function useNames() {
  const campaigns = useQuery(campaignNamesQuery);
  const conversions = useQuery(conversionsQuery);
  const experiments = useQuery(experimentNamesQuery);
  return {
    campaign: (id: string | null | undefined) => nameIn(campaigns.data, id) ?? id ?? "—",
    conversion: (id: string | null | undefined) => nameIn(conversions.data, id) ?? id ?? "—",
    experiment: (id: string | null | undefined) => nameIn(experiments.data, id) ?? id ?? "—",
  };
}
