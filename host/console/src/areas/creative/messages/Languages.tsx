/** The languages of a message: one is shown, others are added as a copy to be translated, or taken away. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Dropdown, Flex, Segmented } from "antd";
import { useAction } from "@/parts/forms";
import { useWords } from "@/words";

/** What is offered; the API takes any. */
const OFFERED = ["en", "zh-CN", "zh-TW", "ja", "ko", "fr", "de", "es", "pt-BR", "it", "nl", "pl", "ru", "ar", "th", "vi", "id"];

interface Props {
  known: string[];
  at: string;
  onAt: (language: string) => void;
  onAdd: (language: string) => void;
  onRemove: (language: string) => void;
  disabled: boolean;
}

export function Languages({ known, at, onAt, onAdd, onRemove, disabled }: Props) {
  const { t, code, language } = useWords();
  const { ask } = useAction();
  const names = new Intl.DisplayNames(language, { type: "language" });
  const name = (tag: string) => {
    const known = code("message.language", tag);
    if (known !== tag) return known;
    try {
      return names.of(tag) ?? tag;
    } catch {
      // Not a tag that the browser can read.
      return tag;
    }
  };
  return (
    <Flex gap={8} wrap align="center">
      {known.length > 0 && <Segmented aria-label={t("message.languages")} value={at} options={known.map((tag) => ({ value: tag, label: name(tag) }))} onChange={onAt} />}
      {!disabled && (
        <>
          <Dropdown autoFocus trigger={["click"]} menu={{ items: OFFERED.filter((tag) => !known.includes(tag)).map((tag) => ({ key: tag, label: name(tag) })), onClick: ({ key }) => onAdd(key), style: { maxHeight: 320, overflow: "auto" } }}>
            <Button type="text" icon={<PlusOutlined />}>
              {t("message.addLanguage")}
            </Button>
          </Dropdown>
          {known.length > 1 && (
            <Button type="text" icon={<DeleteOutlined />} aria-label={t("message.removeLanguage", { name: name(at) })} title={t("message.removeLanguage", { name: name(at) })} onClick={() => ask(t("message.removeLanguage", { name: name(at) }), t("message.removeLanguageWhat"), t("message.remove"), () => Promise.resolve(onRemove(at)))} />
          )}
        </>
      )}
    </Flex>
  );
}
