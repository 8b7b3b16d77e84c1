/** The values a message may name, to be put in where the cursor stands. */
import { UserAddOutlined } from "@ant-design/icons";
import { Button, Dropdown } from "antd";
import { useWords } from "@/words";

const VALUES = {
  first_name: "{{ first_name|default('') }}",
  last_name: "{{ last_name|default('') }}",
  name: "{{ name|default('') }}",
  trait: "{{ traits.key|default('') }}",
  unsubscribe: "{{ unsubscribe_url }}",
  preferences: "{{ preferences_url }}",
  view: "{{ view_url }}",
} as const;
const KEYS = Object.keys(VALUES) as (keyof typeof VALUES)[];

export function ValueMenu({ onPick, disabled = false }: { onPick: (value: string) => void; disabled?: boolean }) {
  const { t } = useWords();
  return (
    <Dropdown
      autoFocus
      trigger={["click"]}
      disabled={disabled}
      menu={{ items: KEYS.map((key) => ({ key, label: t(`message.value.${key}`) })), onClick: ({ key }) => onPick(VALUES[key as keyof typeof VALUES]) }}
    >
      <Button size="small" type="text" icon={<UserAddOutlined />} aria-label={t("message.insertValue")} title={t("message.insertValue")} onMouseDown={(event) => event.preventDefault()} />
    </Dropdown>
  );
}
