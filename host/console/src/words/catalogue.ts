/** The sentences of a language, fetched when somebody reads it: nobody waits for the other one. */
import type { Key } from "./en";
import type { Language, Sentence } from "./say";

type Catalogue = Record<Key, Sentence>;

const fetched: Record<Language, () => Promise<Catalogue>> = {
  en: async () => (await import("./en")).en,
  "zh-CN": async () => (await import("./zh-CN")).zhCN,
};
const held: Partial<Record<Language, Catalogue>> = {};

/** Before a language is spoken. */
export async function learn(language: Language): Promise<void> {
  held[language] ??= await fetched[language]();
}

export function catalogue(language: Language): Catalogue {
  const found = held[language];
  if (!found) throw new Error(`the sentences of ${language} were not fetched`);
  return found;
}
