/**
 * A stranger's HTML on an empty sheet: a frame with a policy of its own that runs
 * no script and follows no link, in the light or the dark, with pictures or without.
 */
import { useEffect, useRef, useState } from "react";
import { lay, type Look } from "./lay";

interface Props {
  html: string;
  title: string;
  language: string;
  look: Look;
  pictures: boolean;
  width: number;
  /** Whether the message has dark styles of its own. */
  onLaid?: (ownDark: boolean) => void;
}

export function Sheet({ html, title, language, look, pictures, width, onLaid }: Props) {
  const frame = useRef<HTMLIFrameElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [loaded, setLoaded] = useState(0);
  const [room, setRoom] = useState(width);
  useEffect(() => {
    const sheet = frame.current?.contentDocument;
    if (loaded > 0 && sheet) onLaid?.(lay(sheet, html, { look, pictures, language }));
  }, [loaded, html, look, pictures, language, onLaid]);
  useEffect(() => {
    if (!box.current) return undefined;
    const watch = new ResizeObserver(([entry]) => entry && setRoom(entry.contentRect.width));
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  // Wider than its place: shown smaller, as a mail program's preview would.
  const scale = Math.min(1, room / width);
  return (
    <div ref={box} className="sheet-box">
      <iframe
        ref={frame}
        title={title}
        src={`${import.meta.env.BASE_URL}sheet.html`}
        sandbox="allow-same-origin"
        className="sheet"
        style={{ width, height: `${100 / scale}%`, transform: `scale(${scale})` }}
        onLoad={() => setLoaded((times) => times + 1)}
      />
    </div>
  );
}
