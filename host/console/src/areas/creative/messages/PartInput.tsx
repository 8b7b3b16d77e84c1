/** A part of a message as text: what stands against it below, and the values that may be put in. */
import { Flex, Form, Input } from "antd";
import { useId, useRef } from "react";
import { ValueMenu } from "./ValueMenu";

interface Props {
  label: string;
  help?: string;
  value: string;
  onChange: (value: string) => void;
  mistakes: string[];
  disabled: boolean;
  lines?: boolean;
  placeholder?: string;
}

export function PartInput({ label, help, value, onChange, mistakes, disabled, lines, placeholder }: Props) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);

  function insert(text: string) {
    const field = box.current?.querySelector<HTMLInputElement | HTMLTextAreaElement>("input, textarea");
    const from = field?.selectionStart ?? value.length;
    const until = field?.selectionEnd ?? from;
    onChange(value.slice(0, from) + text + value.slice(until));
    requestAnimationFrame(() => {
      field?.focus();
      field?.setSelectionRange(from + text.length, from + text.length);
    });
  }

  const shared = { id, "aria-label": label, value, disabled, placeholder, onChange: (event: { target: { value: string } }) => onChange(event.target.value), "aria-describedby": `${id}-told` };
  return (
    <Form.Item
      label={
        <Flex gap={4} align="center">
          {label}
          <ValueMenu onPick={insert} disabled={disabled} />
        </Flex>
      }
      htmlFor={id}
      {...(mistakes.length > 0 && { validateStatus: "error" as const })}
      help={mistakes.length > 0 || help ? <span id={`${id}-told`}>{mistakes.length > 0 ? mistakes.join(" · ") : help}</span> : undefined}
    >
      <div ref={box}>{lines ? <Input.TextArea {...shared} dir="auto" className="growing" rows={3} /> : <Input {...shared} dir="auto" />}</div>
    </Form.Item>
  );
}
