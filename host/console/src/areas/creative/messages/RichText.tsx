/** A text with bold, italics, links and lists, as it will be read; pasted text comes without its looks. */
import { BoldOutlined, ItalicOutlined, LinkOutlined, UnorderedListOutlined } from "@ant-design/icons";
import { Button, Flex, Input, Popover, Space } from "antd";
import { useEffect, useRef, useState } from "react";
import { useWords } from "@/words";
import { simple } from "./rich";
import { ValueMenu } from "./ValueMenu";

interface Props {
  label: string;
  value: string;
  onChange: (html: string) => void;
  disabled: boolean;
}

export function RichText({ label, value, onChange, disabled }: Props) {
  const { t } = useWords();
  const box = useRef<HTMLDivElement>(null);
  const told = useRef<string>(undefined);
  const known = simple(value) !== undefined;

  // Written anew only where the change came from elsewhere: the cursor stays.
  useEffect(() => {
    if (!box.current || told.current === value) return;
    const nodes = simple(value);
    if (!nodes) return;
    box.current.replaceChildren(...nodes);
    told.current = value;
  }, [value, known]);

  if (!known) return <Input.TextArea aria-label={label} className="mono growing" rows={3} spellCheck={false} value={value} disabled={disabled} onChange={(event) => onChange(event.target.value)} />;

  function tell() {
    if (!box.current) return;
    told.current = box.current.innerHTML;
    onChange(told.current);
  }

  /** The browser's own editing commands: they keep its undo. */
  function command(name: string, argument?: string) {
    box.current?.focus();
    document.execCommand("styleWithCSS", false, "false");
    document.execCommand("defaultParagraphSeparator", false, "p");
    document.execCommand(name, false, argument);
    tell();
  }

  const tool = (name: string, title: string, icon: React.ReactNode) => (
    <Button size="small" type="text" icon={icon} aria-label={title} title={title} disabled={disabled} onMouseDown={(event) => event.preventDefault()} onClick={() => command(name)} />
  );
  return (
    <div className="rich">
      <Flex gap={2} role="toolbar" aria-label={label} className="rich-tools">
        {tool("bold", t("message.rich.bold"), <BoldOutlined />)}
        {tool("italic", t("message.rich.italic"), <ItalicOutlined />)}
        {tool("insertUnorderedList", t("message.rich.list"), <UnorderedListOutlined />)}
        <LinkTool box={box} disabled={disabled} onLink={(address) => (address ? command("createLink", address) : command("unlink"))} />
        <ValueMenu onPick={(text) => command("insertText", text)} disabled={disabled} />
      </Flex>
      <div
        ref={box}
        role="textbox"
        aria-multiline
        aria-label={label}
        tabIndex={0}
        dir="auto"
        className="rich-box"
        contentEditable={!disabled}
        suppressContentEditableWarning
        onInput={tell}
        onPaste={(event) => {
          event.preventDefault();
          command("insertText", event.clipboardData.getData("text/plain"));
        }}
      />
    </div>
  );
}

function LinkTool({ box, disabled, onLink }: { box: React.RefObject<HTMLDivElement | null>; disabled: boolean; onLink: (address: string) => void }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const [address, setAddress] = useState("");
  const range = useRef<Range>(undefined);

  function show(next: boolean) {
    const selection = window.getSelection();
    // The field for the address takes the selection away: it is put back before the link is made.
    range.current = next && selection && selection.rangeCount > 0 && box.current?.contains(selection.anchorNode) ? selection.getRangeAt(0) : undefined;
    const at = selection?.anchorNode instanceof Element ? selection.anchorNode : selection?.anchorNode?.parentElement;
    setAddress(at?.closest("a")?.getAttribute("href") ?? "");
    setOpen(next);
  }

  function link() {
    const selection = window.getSelection();
    box.current?.focus();
    if (range.current && selection) {
      selection.removeAllRanges();
      selection.addRange(range.current);
    }
    setOpen(false);
    onLink(address.trim());
  }

  const field = (
    <Space.Compact>
      <Input aria-label={t("message.rich.address")} value={address} onChange={(event) => setAddress(event.target.value)} onPressEnter={link} style={{ width: 260 }} />
      <Button type="primary" onClick={link}>
        {t(address.trim() ? "message.rich.setLink" : "message.rich.unlink")}
      </Button>
    </Space.Compact>
  );
  return (
    <Popover trigger="click" open={open} onOpenChange={show} content={field} destroyOnHidden>
      <Button size="small" type="text" icon={<LinkOutlined />} aria-label={t("message.rich.link")} title={t("message.rich.linkHelp")} disabled={disabled} onMouseDown={(event) => event.preventDefault()} />
    </Popover>
  );
}
