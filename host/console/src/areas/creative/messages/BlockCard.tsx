/** One block in the list: what it is in a line, its tools, and its fields once it is opened. */
import { ArrowDownOutlined, ArrowUpOutlined, CopyOutlined, DeleteOutlined, HolderOutlined } from "@ant-design/icons";
import { Button, Flex, Tooltip } from "antd";
import type { ReactNode } from "react";
import { useWords } from "@/words";
import { BlockFields } from "./BlockFields";
import { decoded, type Block } from "./mjml";
import { wordsOf } from "./rich";

export interface Steps {
  open: number | undefined;
  setOpen: (key: number | undefined) => void;
  change: (next: Block) => void;
  shift: (key: number, by: -1 | 1) => void;
  double: (key: number) => void;
  remove: (key: number) => void;
  drag: (key: number | undefined) => void;
  dropBefore: (key: number) => void;
  disabled: boolean;
}

/** A block in a line: its words, else its address. */
function lineOf({ tag, content, attributes }: Block): string {
  const { alt, src, height } = attributes;
  if (tag === "mj-image") return decoded(alt || src || "");
  return tag === "mj-spacer" ? (height ?? "") : decoded(wordsOf(content));
}

export function BlockCard({ of, first, last, steps }: { of: Block; first: boolean; last: boolean; steps: Steps }) {
  const { code } = useWords();
  const open = steps.open === of.key;
  const name = code("message.block", of.tag.replace("#", ""));
  return (
    <div className="block-card" onDragOver={(event) => event.preventDefault()} onDrop={(event) => (event.preventDefault(), event.stopPropagation(), steps.dropBefore(of.key))}>
      <Flex align="center" gap={4}>
        <span className="block-handle" aria-hidden draggable={!steps.disabled} onDragStart={() => steps.drag(of.key)} onDragEnd={() => steps.drag(undefined)}>
          <HolderOutlined />
        </span>
        <button type="button" className="block-open" aria-expanded={open} onClick={() => steps.setOpen(open ? undefined : of.key)}>
          <strong>{name}</strong> <bdi className="block-line">{lineOf(of)}</bdi>
        </button>
        {!steps.disabled && <BlockTools of={of} name={name} first={first} last={last} steps={steps} />}
      </Flex>
      {open && <BlockFields of={of} onChange={steps.change} disabled={steps.disabled} />}
    </div>
  );
}

export function BlockTools({ of, name, first, last, steps }: { of: Block; name: string; first: boolean; last: boolean; steps: Steps }) {
  const { t } = useWords();
  const tool = (title: string, icon: ReactNode, act: () => void, disabled = false) => (
    <Tooltip title={title} mouseEnterDelay={0.6}>
      <Button size="small" type="text" icon={icon} aria-label={title} disabled={disabled} onClick={act} />
    </Tooltip>
  );
  return (
    <Flex className="block-tools">
      {tool(t("message.block.up", { name }), <ArrowUpOutlined />, () => steps.shift(of.key, -1), first)}
      {tool(t("message.block.down", { name }), <ArrowDownOutlined />, () => steps.shift(of.key, 1), last)}
      {tool(t("message.block.double", { name }), <CopyOutlined />, () => steps.double(of.key))}
      {tool(t("message.block.remove", { name }), <DeleteOutlined />, () => steps.remove(of.key))}
    </Flex>
  );
}
