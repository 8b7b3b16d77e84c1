/** What every page wears: theme, locale of the kit, the content policy's nonce, words. */
import { App as Kit, ConfigProvider, theme as themes } from "antd";
import en from "antd/locale/en_US";
import zh from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { useEffect, type ReactNode } from "react";
import { WordsProvider } from "@/words";
import { useDark, useLanguage } from "./preferences";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;

/** `zone` is the workspace's; before sign-in it is the browser's. */
export function Dress({ zone, children }: { zone: string; children: ReactNode }) {
  const language = useLanguage();
  const dark = useDark();
  useEffect(() => {
    document.documentElement.lang = language;
    dayjs.locale(language === "zh-CN" ? "zh-cn" : "en");
  }, [language]);
  useEffect(() => {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    document.documentElement.style.colorScheme = dark ? "dark" : "light";
  }, [dark]);
  const algorithm = dark ? themes.darkAlgorithm : themes.defaultAlgorithm;
  return (
    <ConfigProvider
      locale={language === "zh-CN" ? zh : en}
      csp={nonce ? { nonce } : undefined}
      theme={{
        algorithm,
        token: { colorPrimary: dark ? "#22b8cf" : "#0e7490", colorLink: dark ? "#4cc9df" : "#0b6380", borderRadius: 6, fontSize: 14 },
        components: { Layout: { headerHeight: 56, headerPadding: "0 16px" } },
      }}
    >
      <Kit className="rialto">
        <WordsProvider language={language} zone={zone}>
          {children}
        </WordsProvider>
      </Kit>
    </ConfigProvider>
  );
}
