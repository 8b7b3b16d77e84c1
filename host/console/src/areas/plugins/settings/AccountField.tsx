/** An OAuth2 account as named fields. What is set never comes back here: all of it is typed anew to change a part. */
import type { FieldProps } from "@rjsf/utils";
import { Button, Flex, Form, Input, Typography } from "antd";
import { useWords } from "@/words";
import type { Account, Part } from "./account";
import type { SecretsContext } from "./Secret";

/** Parts that are no secret. */
const OPEN: Part[] = ["client-id", "subject"];

export function AccountField({ formData, onChange, disabled, registry, name, schema, uiSchema, fieldPathId }: FieldProps) {
  const { t, code } = useWords();
  const { isSet, dropped } = registry.formContext as SecretsContext;
  const gone = dropped(name);
  const typed = (formData ?? {}) as Record<string, unknown>;
  const { parts, tokenUrl, scopes } = uiSchema?.["ui:account"] as Account;
  const put = (part: Part, text: string) => onChange({ ...typed, [part]: text }, fieldPathId.path);
  const state = gone ? t("plugin.secretGoes") : isSet(name) ? t("account.set") : t("account.notSet");
  return (
    <fieldset className="account">
      <legend>
        <bdi>{schema.title ?? name}</bdi>
      </legend>
      <Typography.Paragraph type="secondary">
        {state} {tokenUrl && t("account.from", { url: tokenUrl })} {scopes.length > 0 && t("account.scopes", { scopes: scopes.join(", ") })}
      </Typography.Paragraph>
      {!gone &&
        parts.map(({ part, needed }) => {
          const id = `${fieldPathId.$id}_${part}`;
          const at = { id, value: typeof typed[part] === "string" ? typed[part] : "", disabled: disabled ?? false, autoComplete: "new-password" };
          return (
            <Form.Item key={part} layout="vertical" htmlFor={id} label={code("account.part", part)} required={needed} {...(part === "key" && { extra: t("account.keyHelp") })} {...(part === "subject" && { extra: t("account.subjectHelp") })}>
              {part === "key" ? (
                <Input.TextArea {...at} rows={4} className="mono" spellCheck={false} onChange={(event) => put(part, event.target.value)} />
              ) : OPEN.includes(part) ? (
                <Input {...at} onChange={(event) => put(part, event.target.value)} />
              ) : (
                <Input.Password {...at} visibilityToggle={false} onChange={(event) => put(part, event.target.value)} />
              )}
            </Form.Item>
          );
        })}
      {isSet(name) && (
        <Flex>
          <Button disabled={disabled ?? false} onClick={() => onChange(gone ? undefined : null, fieldPathId.path)}>
            {gone ? t("plugin.secretKeep") : t("plugin.secretDrop")}
          </Button>
        </Flex>
      )}
    </fieldset>
  );
}
