/** The page of signing in: the first that anybody sees. It leans on nothing heavy, so it is there at once. */
import { useEffect } from "react";
import type { Schemas } from "@/api/client";
import type { Language } from "@/words";
import { LANGUAGES } from "@/words/say";
import { useDocument } from "../document";
import { setLanguage, setTheme, useTheme, type Theme } from "../preferences";
import { SignInForm } from "./SignInForm";
import { useSignInWords } from "./words";

const THEMES: Theme[] = ["light", "dark", "system"];

interface Props {
  onDone: (begun: Schemas["SessionBegun"]) => void | Promise<void>;
  onNear?: () => void;
  /** Before a language is spoken. */
  learn?: (language: Language) => Promise<void>;
}

export function SignIn({ onDone, onNear, learn }: Props) {
  const { t } = useSignInWords();
  const { language } = useDocument();
  const theme = useTheme();
  useEffect(() => {
    document.title = `${t("signIn.title")} · ${t("app.title")}`;
  }, [t]);
  const speak = async (next: Language) => {
    await learn?.(next);
    setLanguage(next);
  };
  return (
    <main className="si-page" id="content">
      <div className="si-card">
        <header>
          <h1>{t("app.title")}</h1>
          <span className="si-switches">
            <select aria-label={t("language.label")} value={language} onChange={(event) => void speak(event.target.value as Language)}>
              {Object.entries(LANGUAGES).map(([key, name]) => (
                <option key={key} value={key} lang={key}>
                  {name}
                </option>
              ))}
            </select>
            <select aria-label={t("theme.label")} value={theme} onChange={(event) => setTheme(event.target.value as Theme)}>
              {THEMES.map((key) => (
                <option key={key} value={key}>
                  {t(`theme.${key}`)}
                </option>
              ))}
            </select>
          </span>
        </header>
        <p className="si-soft">{t("signIn.lead")}</p>
        <SignInForm label={t("signIn.submit")} onDone={onDone} {...(onNear && { onNear })} />
        <p className="si-soft si-small">{t("signIn.forgotten")}</p>
      </div>
    </main>
  );
}
