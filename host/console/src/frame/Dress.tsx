/** What every page wears: theme, locale of the kit, the content policy's nonce, words. */
import { App as Kit, ConfigProvider, theme as themes } from "antd";
import en from "antd/locale/en_US";
import zh from "antd/locale/zh_CN";
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";
import { useEffect, type ReactNode } from "react";
import { WordsProvider } from "@/words";
import { useDocument } from "./document";
import { nonce } from "./nonce";

/** The kit's own greys and greens are too faint to read: these hold 4.5 to 1. */
const LIGHT = {
  colorPrimary: "#0e7490",
  colorInfo: "#0e7490",
  colorLink: "#0b6380",
  colorSuccess: "#15803d",
  colorWarning: "#a34a05",
  colorError: "#b91c1c",
  colorSuccessBg: "#ecfdf3",
  colorSuccessBorder: "#a3d9b6",
  colorWarningBg: "#fff7e8",
  colorWarningBorder: "#f0cf9a",
  colorErrorBg: "#fef2f2",
  colorErrorBorder: "#f3b4b4",
  colorInfoBg: "#e8f5f8",
  colorInfoBorder: "#a5d3de",
  controlItemBgActive: "#e3f2f5",
  controlItemBgActiveHover: "#d5ebf0",
  colorTextDescription: "rgba(0, 0, 0, 0.66)",
  colorTextTertiary: "rgba(0, 0, 0, 0.66)",
  colorTextPlaceholder: "rgba(0, 0, 0, 0.6)",
};
const DARK = {
  colorPrimary: "#1593ad",
  colorInfo: "#1593ad",
  colorLink: "#4cc9df",
  colorSuccess: "#4ade80",
  colorWarning: "#fbbf24",
  colorError: "#f87171",
  colorTextDescription: "rgba(255, 255, 255, 0.72)",
  colorTextTertiary: "rgba(255, 255, 255, 0.72)",
  colorTextPlaceholder: "rgba(255, 255, 255, 0.62)",
};

/** `zone` is the workspace's; before sign-in it is the browser's. */
export function Dress({ zone, children }: { zone: string; children: ReactNode }) {
  const { language, dark } = useDocument();
  useEffect(() => {
    dayjs.locale(language === "zh-CN" ? "zh-cn" : "en");
  }, [language]);
  const algorithm = dark ? themes.darkAlgorithm : themes.defaultAlgorithm;
  return (
    <ConfigProvider
      locale={language === "zh-CN" ? zh : en}
      csp={nonce ? { nonce } : undefined}
      button={{ autoInsertSpace: false }}
      theme={{
        algorithm,
        token: { ...(dark ? DARK : LIGHT), borderRadius: 6, fontSize: 14 },
        components: {
          Layout: { headerHeight: 56, headerPadding: "0 16px" },
          // The word of a state that is under way, on its dark ground.
          Tag: dark ? { colorInfo: "#4cc9df" } : {},
          // White stays readable on a primary button under the pointer.
          Button: { colorPrimaryHover: dark ? "#14768c" : "#0b6380" },
          Tabs: dark ? { itemSelectedColor: "#4cc9df", itemHoverColor: "#4cc9df", inkBarColor: "#4cc9df" } : {},
          Menu: dark ? { itemSelectedBg: "#12414c", itemSelectedColor: "#b5ecf7", horizontalItemSelectedColor: "#4cc9df" } : { itemSelectedBg: "#e3f2f5", itemSelectedColor: "#0b5a70" },
        },
      }}
    >
      {/* Around the kit: what it shows over the page (a refusal, a question) has words, too. */}
      <WordsProvider language={language} zone={zone}>
        {/* Below: at the top a notice would lie on the very buttons that made it. */}
        <Kit className="rialto" notification={{ placement: "bottomRight" }}>
          {children}
        </Kit>
      </WordsProvider>
    </ConfigProvider>
  );
}
