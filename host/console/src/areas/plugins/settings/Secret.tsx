/** A secret can be replaced or taken away. What is set never comes back here, so the field always begins empty. */
import type { WidgetProps } from "@rjsf/utils";
import { Button, Flex, Input } from "antd";
import { useWords } from "@/words";

/** What the form knows of its secrets. */
export interface SecretsContext {
  isSet: (name: string) => boolean;
  dropped: (name: string) => boolean;
}

export function Secret({ id, value, onChange, disabled, registry, name }: WidgetProps) {
  const { t } = useWords();
  const { isSet, dropped } = registry.formContext as SecretsContext;
  const gone = dropped(name);
  return (
    <Flex gap={8}>
      <Input.Password
        id={id}
        value={typeof value === "string" ? value : ""}
        disabled={(disabled ?? false) || gone}
        autoComplete="new-password"
        visibilityToggle={false}
        placeholder={gone ? t("plugin.secretGoes") : isSet(name) ? t("plugin.secretSet") : t("plugin.secretNotSet")}
        onChange={(event) => onChange(event.target.value)}
      />
      {isSet(name) && (
        <Button disabled={disabled ?? false} onClick={() => onChange(gone ? "" : null)}>
          {gone ? t("plugin.secretKeep") : t("plugin.secretDrop")}
        </Button>
      )}
    </Flex>
  );
}
