/** The parts of a mail in one language: subject, preheader, body in blocks or as source, plain text. */
import { getRouteApi } from "@tanstack/react-router";
import { Alert, Button, Card, Dropdown, Flex, Segmented } from "antd";
import { useAction } from "@/parts/forms";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";
import { BlockEditor } from "./BlockEditor";
import type { Parts } from "./contents";
import { parse } from "./mjml";
import { PartInput } from "./PartInput";
import { SourceEditor } from "./SourceEditor";
import { letter } from "./starter";

const route = getRouteApi("/in/creative/messages/$id");

interface Props {
  parts: Parts;
  mistakes: Record<string, string[]>;
  onPart: (part: string, value: string) => void;
  /** Both bodies at once: a mail has one of them. */
  onBody: (body: { mjml: string } | { html: string }) => void;
  disabled: boolean;
}

export function MailParts(props: Props) {
  const { t } = useWords();
  const { parts, mistakes, onPart, disabled } = props;
  const input = (part: "subject" | "preheader") => (
    <PartInput label={t(`message.part.${part}`)} value={parts[part] ?? ""} onChange={(value) => onPart(part, value)} mistakes={mistakes[part] ?? []} disabled={disabled} {...(part === "preheader" && { help: t("message.preheaderHelp") })} />
  );
  return (
    <>
      {input("subject")}
      {input("preheader")}
      <Body {...props} />
      <PartInput lines label={t("message.part.text")} help={t("message.textHelp")} placeholder={t("message.textEmpty")} value={parts.text ?? ""} onChange={(value) => onPart("text", value)} mistakes={mistakes.text ?? []} disabled={disabled} />
    </>
  );
}

function Body({ parts, mistakes, onPart, onBody, disabled }: Props) {
  const { t } = useWords();
  const { ask } = useAction();
  const navigate = route.useNavigate();
  const { source } = route.useSearch();
  const begin = (kind: "mjml" | "html") => onBody(kind === "mjml" ? { mjml: letter({ hello: t("message.starter.hello"), words: t("message.starter.words"), button: t("message.starter.button"), foot: t("message.starter.foot"), unsubscribe: t("message.starter.unsubscribe") }) } : { html: `<p>${t("message.starter.words")}</p>` });
  const { mjml, html } = parts;
  if (mjml === undefined && html === undefined) {
    if (disabled) return null;
    return (
      <Card className="panel" size="small">
        <Empty
          title={t("message.noBody")}
          what={t("message.noBodyWhat")}
          action={
            <Flex gap={8} justify="center">
              <Button type="primary" onClick={() => begin("mjml")}>{t("message.beginBlocks")}</Button>
              <Button onClick={() => begin("html")}>{t("message.beginHtml")}</Button>
            </Flex>
          }
        />
      </Card>
    );
  }
  const field = mjml === undefined ? "html" : "mjml";
  const text = parts[field] ?? "";
  const mail = field === "mjml" ? parse(text) : undefined;
  const inSource = source === true || mail === undefined;
  const anew = (kind: "mjml" | "html") => ask(t(kind === "mjml" ? "message.beginBlocks" : "message.beginHtml"), t("message.anewWhat"), t("message.anew"), () => Promise.resolve(begin(kind)));
  return (
    <Card
      className="panel body-card"
      size="small"
      title={t("message.body")}
      extra={
        <Flex gap={8} align="center">
          {field === "mjml" && (
            <Segmented<"blocks" | "source">
              size="small"
              aria-label={t("message.editAs")}
              value={inSource ? "source" : "blocks"}
              options={[{ value: "blocks", label: t("message.blocks"), disabled: mail === undefined }, { value: "source", label: "MJML" }]}
              onChange={(next) => void navigate({ search: (old) => ({ ...old, source: next === "source" ? true : undefined }), replace: true })}
            />
          )}
          {field === "html" && "HTML"}
          {!disabled && (
            <Dropdown autoFocus trigger={["click"]} menu={{ items: [{ key: "mjml", label: t("message.beginBlocks") }, { key: "html", label: t("message.beginHtml") }], onClick: ({ key }) => anew(key === "html" ? "html" : "mjml") }}>
              <Button size="small" type="text">{t("message.anew")}</Button>
            </Dropdown>
          )}
        </Flex>
      }
    >
      {field === "mjml" && mail === undefined && <Alert type="info" showIcon className="banner" title={t("message.onlySource")} />}
      {inSource ? (
        <SourceEditor label={t("message.source")} value={text} onChange={(value) => onPart(field, value)} mistakes={mistakes[field] ?? []} disabled={disabled} />
      ) : (
        <>
          {(mistakes.mjml?.length ?? 0) > 0 && <Alert type="error" showIcon className="banner" title={<ul className="told">{mistakes.mjml?.map((one) => <li key={one}>{one}</li>)}</ul>} />}
          <BlockEditor mail={mail} source={text} onChange={(value) => onPart("mjml", value)} disabled={disabled} />
        </>
      )}
    </Card>
  );
}
