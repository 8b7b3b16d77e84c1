/** The console's own words: a label is asked for by its key, so that a journey is written once for both languages. */
import { en, type Key } from "@/words/en";
import { formats } from "@/words/format";
import { say, type Language, type Sentence, type Values } from "@/words/say";
import { zhCN } from "@/words/zh-CN";

export type { Key, Language, Values };

export const LANGUAGES: Language[] = ["en", "zh-CN"];

const catalogues: Record<Language, Record<Key, Sentence>> = { en, "zh-CN": zhCN };

export function wordsIn(language: Language) {
  return {
    language,
    t: (key: Key, values?: Values) => say(catalogues[language][key], language, values),
    /** A sentence with one place left open, as a pattern. */
    like: (key: Key, values: Values = {}) => {
      const sentence = catalogues[language][key];
      const forms = typeof sentence === "string" ? [sentence] : [sentence.one, sentence.other];
      const pattern = (text: string) => escape(say(text, language, values)).replace(/\\\{\w+\\\}/g, "(.+?)");
      return new RegExp(`^(?:${forms.map(pattern).join("|")})$`);
    },
    // The demo's workspace counts days in UTC.
    f: formats({ language, zone: "UTC" }),
  };
}

export type Words = ReturnType<typeof wordsIn>;

export function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
