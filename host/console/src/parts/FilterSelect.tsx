/** Which of a few words a list is narrowed to, beside its search box; all where none is chosen. */
import { Select } from "antd";

interface Props<Word extends string> {
  label: string;
  words: readonly Word[];
  /** What a word is called. */
  name: (word: Word) => string;
  value: Word | undefined;
  onChange: (word: Word | undefined) => void;
  width?: number;
  disabled?: boolean;
}

export function FilterSelect<Word extends string>({ label, words, name, value, onChange, width = 160, disabled = false }: Props<Word>) {
  return (
    <Select<Word>
      allowClear
      aria-label={label}
      placeholder={label}
      style={{ width }}
      popupMatchSelectWidth={false}
      disabled={disabled}
      value={value}
      options={words.map((one) => ({ value: one, label: name(one) }))}
      onChange={onChange}
    />
  );
}
