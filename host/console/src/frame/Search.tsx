/** One field that finds contacts, campaigns and installed plugins. Ctrl+K or "/" leads to it. */
import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { AutoComplete, Input, type RefSelectProps } from "antd";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { answer, api } from "@/api/client";
import { useMay } from "@/api/me";
import { useWords } from "@/words";

const EACH_MAX = 6;

interface Found {
  contacts: { id: string; label: string }[];
  campaigns: { id: string; label: string }[];
  plugins: { id: string; label: string }[];
}

async function find(text: string, may: (permission: string) => boolean): Promise<Found> {
  const [contacts, campaigns, installations] = await Promise.all([
    may("audience.read") ? answer(api.GET("/api/v1/contacts", { params: { query: { q: text, limit: EACH_MAX } } })) : undefined,
    may("campaign.read") ? answer(api.GET("/api/v1/campaigns", { params: { query: { search: text, limit: EACH_MAX } } })) : undefined,
    may("plugins.read") ? answer(api.GET("/api/v1/installations", { params: { query: { limit: 500 } } })) : undefined,
  ]);
  const low = text.toLowerCase();
  const fits = (one: { name: string; plugin: string }) => `${one.name} ${one.plugin}`.toLowerCase().includes(low);
  return {
    contacts: (contacts?.items ?? []).map((one) => ({ id: one.id, label: one.name || one.id })),
    campaigns: (campaigns?.items ?? []).map((one) => ({ id: one.id, label: `${one.name} (${one.code})` })),
    plugins: (installations?.items ?? []).filter(fits).slice(0, EACH_MAX).map((one) => ({ id: one.id, label: one.name })),
  };
}

export function Search() {
  const { t } = useWords();
  const may = useMay();
  const navigate = useNavigate();
  const field = useRef<RefSelectProps>(null);
  const [text, setText] = useState("");
  const asked = useDeferredValue(text.trim());
  const found = useQuery({
    queryKey: ["search", asked],
    enabled: asked.length > 1,
    queryFn: async ({ signal }) => {
      // A short rest, so that not every letter is a question.
      await new Promise((resolve) => setTimeout(resolve, 250));
      if (signal.aborted) throw new DOMException("", "AbortError");
      return find(asked, may);
    },
    staleTime: 30_000,
  });

  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, [contenteditable]");
      if ((event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing)) {
        event.preventDefault();
        field.current?.focus();
      }
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  function go(value: string) {
    const [what, id = ""] = value.split(":");
    setText("");
    field.current?.blur();
    if (what === "contact") void navigate({ to: "/audience/contacts/$id", params: { id } });
    if (what === "campaign") void navigate({ to: "/campaigns/$id", params: { id } });
    if (what === "plugin") void navigate({ to: "/plugins/$id", params: { id } });
  }

  const group = (label: string, what: string, items: { id: string; label: string }[]) =>
    items.length === 0 ? [] : [{ label, options: items.map((one) => ({ value: `${what}:${one.id}`, label: one.label })) }];
  const options = found.data
    ? [
        ...group(t("search.contacts"), "contact", found.data.contacts),
        ...group(t("search.campaigns"), "campaign", found.data.campaigns),
        ...group(t("search.plugins"), "plugin", found.data.plugins),
      ]
    : [];
  return (
    <AutoComplete
      ref={field}
      className="search"
      value={text}
      options={options}
      onChange={(next: string) => {
        if (!/^(contact|campaign|plugin):/.test(next)) setText(next);
      }}
      onSelect={go}
      popupMatchSelectWidth={360}
      notFoundContent={asked.length > 1 && found.data ? t("search.none", { text: asked }) : null}
    >
      <Input prefix={<SearchOutlined aria-hidden />} suffix={<kbd aria-hidden>/</kbd>} placeholder={t("search.placeholder")} aria-label={t("search.label")} />
    </AutoComplete>
  );
}
