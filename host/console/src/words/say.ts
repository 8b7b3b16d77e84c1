/** Sentences with values in them: one key, one sentence, plural forms where a language has them. */
export type Language = "en" | "zh-CN";
/** Each language by its own name, whatever the console speaks. */
export const LANGUAGES: Readonly<Record<Language, string>> = { en: "English", "zh-CN": "简体中文" };

export type Sentence = string | { readonly one: string; readonly other: string };
export type Values = Readonly<Record<string, string | number>>;

const plurals: Record<Language, Intl.PluralRules> = {
  en: new Intl.PluralRules("en"),
  "zh-CN": new Intl.PluralRules("zh-CN"),
};
const numbers: Record<Language, Intl.NumberFormat> = {
  en: new Intl.NumberFormat("en"),
  "zh-CN": new Intl.NumberFormat("zh-CN"),
};

/** A sentence with its values filled in; `n` chooses the plural form. */
export function say(sentence: Sentence, language: Language, values: Values = {}): string {
  const count = typeof values.n === "number" ? values.n : 0;
  const text =
    typeof sentence === "string" ? sentence : plurals[language].select(count) === "one" ? sentence.one : sentence.other;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers[language].format(value) : value;
  });
}
