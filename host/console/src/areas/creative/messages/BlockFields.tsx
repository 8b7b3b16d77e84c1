/** The fields of one block. */
import { ColorPicker, Flex, Form, Input, InputNumber, Segmented } from "antd";
import { useWords } from "@/words";
import { decoded, encoded, encodedValue, SOURCE, type Block, type Known } from "./mjml";
import { RichText } from "./RichText";

type Kind = "align" | "px" | "colour" | "text";
interface Field {
  name: "align" | "font-size" | "color" | "background-color" | "href" | "src" | "alt" | "width" | "height" | "border-color" | "border-width" | "padding";
  kind: Kind;
}

const FIELDS: Record<Known | "mj-section", Field[]> = {
  "mj-text": [{ name: "align", kind: "align" }, { name: "font-size", kind: "px" }, { name: "color", kind: "colour" }],
  "mj-button": [{ name: "href", kind: "text" }, { name: "align", kind: "align" }, { name: "background-color", kind: "colour" }, { name: "color", kind: "colour" }],
  "mj-image": [{ name: "src", kind: "text" }, { name: "alt", kind: "text" }, { name: "href", kind: "text" }, { name: "width", kind: "px" }],
  "mj-divider": [{ name: "border-color", kind: "colour" }, { name: "border-width", kind: "px" }],
  "mj-spacer": [{ name: "height", kind: "px" }],
  "mj-section": [{ name: "background-color", kind: "colour" }, { name: "padding", kind: "text" }],
};

interface Props {
  of: Block;
  onChange: (next: Block) => void;
  disabled: boolean;
}

export function BlockFields({ of, onChange, disabled }: Props) {
  const { t } = useWords();
  const fields = of.tag in FIELDS ? FIELDS[of.tag as Known] : [];
  const set = (name: string, value: string | undefined) => {
    const { [name]: _was, ...rest } = of.attributes;
    onChange({ ...of, attributes: value ? { ...of.attributes, [name]: value } : rest });
  };
  return (
    <div className="block-fields">
      {of.tag === SOURCE && <Input.TextArea aria-label={t("message.block.source")} className="mono growing" rows={2} spellCheck={false} value={of.content} disabled={disabled} onChange={(event) => onChange({ ...of, content: event.target.value })} />}
      {of.tag === "mj-text" && <RichText label={t("message.block.mj-text")} value={of.content} disabled={disabled} onChange={(content) => onChange({ ...of, content })} />}
      {of.tag === "mj-button" && (
        <Form.Item label={t("message.attribute.words")} className="block-field">
          <Input aria-label={t("message.attribute.words")} dir="auto" value={decoded(of.content)} disabled={disabled} onChange={(event) => onChange({ ...of, content: encoded(event.target.value) })} />
        </Form.Item>
      )}
      <Flex gap="8px 16px" wrap>
        {fields.map(({ name, kind }) => (
          <Form.Item key={name} label={t(`message.attribute.${name}`)} className={kind === "text" ? "block-field wide" : "block-field"}>
            <AttributeField label={t(`message.attribute.${name}`)} kind={kind} value={of.attributes[name]} disabled={disabled} onChange={(value) => set(name, value)} />
          </Form.Item>
        ))}
      </Flex>
    </div>
  );
}

interface AttributeProps {
  label: string;
  kind: Kind;
  value: string | undefined;
  disabled: boolean;
  onChange: (value: string | undefined) => void;
}

function AttributeField({ label, kind, value, disabled, onChange }: AttributeProps) {
  const { t } = useWords();
  if (kind === "align") {
    const options = (["left", "center", "right"] as const).map((one) => ({ value: one, label: t(`message.align.${one}`) }));
    return <Segmented aria-label={label} size="small" options={options} value={options.some((one) => one.value === value) ? (value ?? "") : ""} disabled={disabled} onChange={onChange} />;
  }
  const plain = value === undefined || /^\d+(\.\d+)?px$/.test(value);
  if (kind === "px" && plain) {
    return <InputNumber aria-label={label} min={0} max={2000} suffix="px" size="small" style={{ width: 104 }} value={value === undefined ? null : Number.parseFloat(value)} disabled={disabled} onChange={(next) => onChange(next === null ? undefined : `${next}px`)} />;
  }
  if (kind === "colour" && !value?.includes("{")) {
    return <ColorPicker size="small" showText={() => value ?? t("message.usual")} allowClear disabledAlpha disabled={disabled} value={value ?? null} onChangeComplete={(next) => onChange(next.toHexString())} onClear={() => onChange(undefined)} />;
  }
  return <Input aria-label={label} size="small" dir="auto" value={decoded(value ?? "")} disabled={disabled} onChange={(event) => onChange(encodedValue(event.target.value) || undefined)} />;
}
