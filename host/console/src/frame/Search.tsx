/** One field that finds contacts, campaigns, creatives and installed plugins. Ctrl+K or "/" leads to it. */
import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { AutoComplete, Input, type RefSelectProps } from "antd";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { useMay } from "@/api/me";
import { useShortcut } from "@/parts/keys";
import { useWords } from "@/words";
import { find, type Found } from "./find";

const GROUPS = ["contacts", "campaigns", "creatives", "plugins"] as const satisfies (keyof Found)[];
/** A short rest, so that not every letter is a question. */
const REST_MS = 250;

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
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
      if (signal.aborted) throw new DOMException("", "AbortError");
      return find(asked, may);
    },
    staleTime: 30_000,
  });

  useShortcut("/", () => field.current?.focus());
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      field.current?.focus();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  function go(to: string) {
    setText("");
    field.current?.blur();
    void navigate({ to });
  }

  const hits = found.data;
  const options = GROUPS.flatMap((group) => {
    const items = hits?.[group] ?? [];
    return items.length === 0 ? [] : [{ label: t(`search.${group}`), options: items.map((one) => ({ value: one.to, label: <bdi>{one.label}</bdi> })) }];
  });
  const count = GROUPS.reduce((sum, group) => sum + (hits?.[group].length ?? 0), 0);
  return (
    <>
      <AutoComplete
        ref={field}
        className="search"
        value={text}
        options={options}
        onChange={(next: string) => {
          // Choosing puts an address into the field; typing never begins with one.
          if (!next.startsWith("/")) setText(next);
        }}
        onSelect={go}
        popupMatchSelectWidth={360}
        notFoundContent={asked.length > 1 && hits ? t("search.none", { text: asked }) : null}
      >
        <Input prefix={<SearchOutlined aria-hidden />} suffix={<kbd aria-hidden>/</kbd>} placeholder={t("search.placeholder")} aria-label={t("search.label")} />
      </AutoComplete>
      <span className="unseen" role="status" aria-live="polite">
        {hits && asked.length > 1 ? t("search.found", { n: count }) : ""}
      </span>
    </>
  );
}
