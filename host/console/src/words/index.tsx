/** The words of the console for React: the language of the moment, sentences and formats. */
import { createContext, use, useMemo, type ReactNode } from "react";
import { catalogue } from "./catalogue";
import type { Key } from "./en";
import { formats, type Formats } from "./format";
import { say, type Language, type Values } from "./say";

export { learn } from "./catalogue";
export type { Key } from "./en";
export type { Language } from "./say";
export type { Formats } from "./format";

export type Say = (key: Key, values?: Values) => string;

export interface Words {
  language: Language;
  t: Say;
  f: Formats;
  /** A code of the API (a state, a reason, a kind) as a word, or itself where no word is known. */
  code: (family: string, code: string) => string;
}

const Context = createContext<Words | undefined>(undefined);

export function wordsIn(language: Language, zone: string): Words {
  const sentences = catalogue(language);
  const known = (key: string): key is Key => key in sentences;
  return {
    language,
    t: (key, values) => say(sentences[key], language, values),
    f: formats({ language, zone }),
    code: (family, code) => {
      const key = `${family}.${code}`;
      return known(key) ? say(sentences[key], language) : code;
    },
  };
}

export function WordsProvider({ language, zone, children }: { language: Language; zone: string; children: ReactNode }) {
  const words = useMemo(() => wordsIn(language, zone), [language, zone]);
  return <Context value={words}>{children}</Context>;
}

export function useWords(): Words {
  const words = use(Context);
  if (!words) throw new Error("useWords outside of WordsProvider");
  return words;
}
