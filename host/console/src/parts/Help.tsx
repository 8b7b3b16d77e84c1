/** Help with a page: what it is for, the words it uses, and the keys that work on it. */
import { Drawer, Typography } from "antd";
import { useWords, type Key } from "@/words";
import { Shortcuts } from "./Shortcuts";
import type { terms as known } from "@/words/en/terms";

/** A word of the glossary that has an explanation. */
export type Term = keyof typeof known extends infer K ? (K extends `term.${infer Name}.is` ? Name : never) : never;

interface Props {
  open: boolean;
  onClose: () => void;
  page: string;
  help: Key[];
  terms: Term[];
}

export function HelpDrawer({ open, onClose, page, help, terms }: Props) {
  const { t } = useWords();
  return (
    <Drawer open={open} onClose={onClose} title={t("help.title", { page })} size={420}>
      {help.map((key) => (
        <Typography.Paragraph key={key}>{t(key)}</Typography.Paragraph>
      ))}
      {terms.length > 0 && (
        <>
          <Typography.Title level={2} className="section">
            {t("help.words")}
          </Typography.Title>
          <dl className="terms">
            {terms.map((term) => (
              <div key={term}>
                <dt>{t(`term.${term}`)}</dt>
                <dd>{t(`term.${term}.is`)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      <Typography.Title level={2} className="section">
        {t("help.keys")}
      </Typography.Title>
      <Shortcuts />
    </Drawer>
  );
}
