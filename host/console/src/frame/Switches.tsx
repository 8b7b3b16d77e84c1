/** Language and theme, to be switched at any time and on every page. */
import { DesktopOutlined, GlobalOutlined, MoonOutlined, SunOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Dropdown } from "antd";
import { learn, useWords, type Language } from "@/words";
import { LANGUAGES } from "@/words/say";
import { setLanguage, setTheme, useTheme, type Theme } from "./preferences";

const ITEMS = Object.entries(LANGUAGES).map(([key, label]) => ({ key, label }));

export function LanguageSwitch() {
  const { t, language } = useWords();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const onClick = ({ key }: { key: string }) => {
    const next: Language = key === "zh-CN" ? "zh-CN" : "en";
    const spoken = () => {
      setLanguage(next);
      // Titles and sentences of the API come in the language asked for.
      void queries.invalidateQueries();
    };
    learn(next).then(spoken, () => void message.error(t("away.title")));
  };
  return (
    <Dropdown menu={{ items: ITEMS, selectedKeys: [language], selectable: true, onClick }} autoFocus trigger={["click"]}>
      <Button type="text" icon={<GlobalOutlined />} aria-label={t("language.label")} title={t("language.label")} />
    </Dropdown>
  );
}

const ICONS = { light: <SunOutlined />, dark: <MoonOutlined />, system: <DesktopOutlined /> };

export function ThemeSwitch() {
  const { t } = useWords();
  const theme = useTheme();
  const items: { key: Theme; label: string; icon: React.ReactNode }[] = [
    { key: "light", label: t("theme.light"), icon: ICONS.light },
    { key: "dark", label: t("theme.dark"), icon: ICONS.dark },
    { key: "system", label: t("theme.system"), icon: ICONS.system },
  ];
  return (
    <Dropdown
      menu={{ items, selectedKeys: [theme], selectable: true, onClick: ({ key }) => setTheme(key as Theme) }}
      autoFocus
      trigger={["click"]}
    >
      <Button type="text" icon={ICONS[theme]} aria-label={t("theme.label")} title={t("theme.label")} />
    </Dropdown>
  );
}
