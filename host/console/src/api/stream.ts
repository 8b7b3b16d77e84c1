/** Server-sent events as React sees them: the latest of what is watched, until it is over. */
import { useEffect, useRef, useState } from "react";

/** Watch `url`; `over` tells when nothing more will come, since a browser would connect again for ever. */
export function useStream<T>(url: string | undefined, over: (value: T) => boolean, onChange?: (value: T) => void): T | undefined {
  const [value, setValue] = useState<{ url: string; value: T }>();
  const calls = useRef({ over, onChange });
  useEffect(() => {
    calls.current = { over, onChange };
  });
  useEffect(() => {
    if (!url) return undefined;
    const source = new EventSource(url);
    source.addEventListener("change", (event: MessageEvent<string>) => {
      const next = JSON.parse(event.data) as T;
      setValue({ url, value: next });
      calls.current.onChange?.(next);
      if (calls.current.over(next)) source.close();
    });
    source.addEventListener("problem", () => source.close());
    return () => source.close();
  }, [url]);
  return value && value.url === url ? value.value : undefined;
}
