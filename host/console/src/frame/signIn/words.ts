/** The few sentences of signing in, in both languages: nobody waits for the others. */
import { useMemo } from "react";
import { signIn as en } from "@/words/en/signIn";
import { say, type Language, type Sentence, type Values } from "@/words/say";
import { signIn as zhCN } from "@/words/zh-CN/signIn";
import { useLanguage } from "../preferences";

type SignInKey = keyof typeof en;

const SENTENCES: Record<Language, Record<SignInKey, Sentence>> = { en, "zh-CN": zhCN };

export function useSignInWords() {
  const language = useLanguage();
  return useMemo(() => ({ language, t: (key: SignInKey, values?: Values) => say(SENTENCES[language][key], language, values) }), [language]);
}
