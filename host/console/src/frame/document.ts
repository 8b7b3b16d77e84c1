/** What the page's root says of it: its language, and whether it is dark. */
import { useEffect, useLayoutEffect } from "react";
import type { Language } from "@/words";
import { useDark, useLanguage } from "./preferences";

export function useDocument(): { language: Language; dark: boolean } {
  const language = useLanguage();
  const dark = useDark();
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  // Before anything is drawn by it: a chart asks the page which colours it wears.
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
  }, [dark]);
  return { language, dark };
}
