/** A source with its lines numbered; a mistake leads to its line. */
import { Button } from "antd";
import { useRef } from "react";
import { useWords } from "@/words";

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  mistakes: string[];
  disabled: boolean;
}

/** The line that a mistake names. */
const lineIn = (mistake: string): number | undefined => {
  const line = /^line (\d+)/.exec(mistake)?.[1];
  return line === undefined ? undefined : Number(line);
};

export function SourceEditor({ label, value, onChange, mistakes, disabled }: Props) {
  const { t } = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  const numbers = useRef<HTMLPreElement>(null);
  const lines = value.split("\n");

  function go(line: number) {
    const from = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    const box = field.current;
    box?.focus();
    box?.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
    if (box) box.scrollTop = ((line - 5) * box.scrollHeight) / lines.length;
  }

  return (
    <>
      <div className="source-editor">
        <pre ref={numbers} aria-hidden className="source-lines">
          {lines.map((_, at) => at + 1).join("\n")}
        </pre>
        <textarea
          ref={field}
          aria-label={label}
          aria-invalid={mistakes.length > 0}
          className="source-text"
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          value={value}
          disabled={disabled}
          onChange={(event) => onChange(event.target.value)}
          onScroll={(event) => numbers.current && (numbers.current.scrollTop = event.currentTarget.scrollTop)}
        />
      </div>
      {mistakes.length > 0 && (
        <ul className="mistakes">
          {mistakes.map((mistake) => {
            const line = lineIn(mistake);
            return (
              <li key={mistake}>
                {mistake}{" "}
                {line !== undefined && (
                  <Button type="link" size="small" className="pick" onClick={() => go(line)}>
                    {t("message.toLine", { line })}
                  </Button>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}
