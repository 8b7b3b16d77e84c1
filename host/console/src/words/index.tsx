/** The words of the console for React: the language of the moment, sentences and formats. */
import { createContext, use, useMemo, type ReactNode } from "react";
import { en, type Key } from "./en";
import { formats, type Formats } from "./format";
import { say, type Language, type Sentence, type Values } from "./say";
import { zhCN } from "./zh-CN";

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

const catalogues: Record<Language, Record<Key, Sentence>> = { en, "zh-CN": zhCN };

const Context = createContext<Words | undefined>(undefined);

export function wordsIn(language: Language, zone: string): Words {
  const catalogue = catalogues[language];
  const known = (key: string): key is Key => key in catalogue;
  return {
    language,
    t: (key, values) => say(catalogue[key], language, values),
    f: formats({ language, zone }),
    code: (family, code) => {
      const key = `${family}.${code}`;
      return known(key) ? say(catalogue[key], language) : code;
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
