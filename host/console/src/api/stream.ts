/** Server-sent events as React sees them: the latest of what is watched, until it is over. */
import { useEffect, useRef, useState } from "react";

const AGAIN_MS = 2_000;
const AGAIN_MAX_MS = 30_000;

/** Watch `url`; `over` tells when nothing more will come, since a browser would connect again for ever. */
export function useStream<T>(url: string | undefined, over: (value: T) => boolean, onChange?: (value: T) => void): T | undefined {
  const [value, setValue] = useState<{ url: string; value: T }>();
  const calls = useRef({ over, onChange });
  useEffect(() => {
    calls.current = { over, onChange };
  });
  useEffect(() => {
    if (!url) return undefined;
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout>;
    let wait = AGAIN_MS;
    const open = () => {
      source = new EventSource(url);
      source.addEventListener("change", (event: MessageEvent<string>) => {
        wait = AGAIN_MS;
        const next = JSON.parse(event.data) as T;
        setValue({ url, value: next });
        calls.current.onChange?.(next);
        if (calls.current.over(next)) source.close();
      });
      source.addEventListener("problem", () => source.close());
      source.addEventListener("error", () => {
        // A browser connects again by itself, but for a refusal: the host restarts, the session has ended.
        if (source.readyState !== EventSource.CLOSED) return;
        timer = setTimeout(open, wait);
        wait = Math.min(wait * 2, AGAIN_MAX_MS);
      });
    };
    open();
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [url]);
  return value && value.url === url ? value.value : undefined;
}
