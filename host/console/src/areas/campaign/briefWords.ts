/** The fields of a brief as people read them: names for ids, money and times as the language writes them. */
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import { asText } from "@/parts/conflict";
import { useWords } from "@/words";
import { experimentsQuery, messagesQuery, segmentsQuery, sendersQuery, topicsQuery } from "./questions";

type Named = { id: string; name: string };

export function useBriefWords(currency: string): (value: unknown, field: string) => string {
  const { f, code } = useWords();
  const segments = useQuery(segmentsQuery);
  const topics = useQuery(topicsQuery);
  const messages = useQuery(messagesQuery);
  const senders = useQuery(sendersQuery);
  const experiments = useQuery(experimentsQuery);
  const named = (items: Named[] | undefined, id: unknown) => items?.find((one) => one.id === id)?.name ?? asText(id);
  return (value, field) => {
    if (value === undefined || value === null || value === "") return asText(value);
    if (field === "segment") return named(segments.data?.items, value);
    if (field === "experiment") return named(experiments.data?.items, value);
    if (field === "topic") return topics.data?.items.find((one) => one.code === value)?.name ?? asText(value);
    if (field === "starts_at" || field === "ends_at") return f.time(asText(value));
    if (field === "budget_minor" || field === "unit_cost_minor") return f.money(Number(value), currency);
    if (field === "messages" && Array.isArray(value)) {
      const lines = (value as Schemas["ChannelMessage"][]).map((one) => [code("channel", one.channel), named(messages.data?.items, one.message), ...(one.sender ? [named(senders.data?.items, one.sender)] : [])].join(" · "));
      return asText(lines.join("\n"));
    }
    if (field === "goals" && Array.isArray(value)) {
      const lines = (value as Schemas["Goal"][]).map((one) => [one.metric, f.number(one.expected), ...(one.due_at ? [f.date(one.due_at)] : [])].join(" · "));
      return asText(lines.join("\n"));
    }
    return asText(value);
  };
}
