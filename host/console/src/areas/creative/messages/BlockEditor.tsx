/** A mail as sections of blocks, to be opened, changed, moved by mouse or keyboard. What it writes is MJML. */
import { PlusOutlined, SettingOutlined, UndoOutlined } from "@ant-design/icons";
import { Button, Dropdown, Flex } from "antd";
import { useRef, useState } from "react";
import { useWords } from "@/words";
import { BlockCard, BlockTools, type Steps } from "./BlockCard";
import { BlockFields } from "./BlockFields";
import { added, doubled, fresh, moved, movedInto, removed, replaced, section, shifted } from "./blocks";
import { KNOWN, parse, print, type Block, type Known, type Mail } from "./mjml";

/** Steps that can be taken back, and how long a pause makes a new one. */
const STEPS_MAX = 100;
const TYPING_MS = 800;

interface Props {
  mail: Mail;
  source: string;
  onChange: (source: string) => void;
  disabled: boolean;
}

export function BlockEditor({ mail: first, source, onChange, disabled }: Props) {
  const { t } = useWords();
  const [mail, setMail] = useState(first);
  const [told, setTold] = useState(source);
  const [open, setOpen] = useState<number>();
  const [past, setPast] = useState<string[]>([]);
  const stepped = useRef(0);
  const dragged = useRef<number>(undefined);

  // Changed from elsewhere (the other's version was taken, a language was copied): read anew.
  if (source !== told) {
    setTold(source);
    setMail(parse(source) ?? mail);
  }

  function set(next: Mail) {
    const text = print(next);
    const now = performance.now();
    // Letters typed in one go are one step back.
    if (now - stepped.current > TYPING_MS) setPast([...past, told].slice(-STEPS_MAX));
    stepped.current = now;
    setMail(next);
    setTold(text);
    onChange(text);
  }

  const steps: Steps = {
    open,
    setOpen,
    disabled,
    change: (next) => set(replaced(mail, next)),
    shift: (key, by) => set(shifted(mail, key, by)),
    double: (key) => set(doubled(mail, key)),
    remove: (key) => {
      stepped.current = 0;
      set(removed(mail, key));
    },
    drag: (key) => {
      dragged.current = key;
    },
    dropBefore: (key) => dragged.current !== undefined && set(moved(mail, dragged.current, key)),
  };
  const add = (column: number | undefined, next: Block) => {
    set(added(mail, column, next));
    setOpen(next.key);
  };

  function undo() {
    const before = past.at(-1);
    if (before === undefined) return;
    setPast(past.slice(0, -1));
    stepped.current = 0;
    // It comes back by the way of a change from elsewhere.
    onChange(before);
  }

  return (
    <div className="blocks">
      {!disabled && (
        <Button size="small" icon={<UndoOutlined />} disabled={past.length === 0} onClick={undo}>
          {t("message.block.undo")}
        </Button>
      )}
      {mail.sections.map((one, at) => {
        const [begins, ends] = [at === 0, at === mail.sections.length - 1];
        if (one.tag !== "mj-section") return <BlockCard key={one.key} of={one} first={begins} last={ends} steps={steps} />;
        const name = t("message.block.section", { n: at + 1 });
        return (
          <section key={one.key} className="block-section" aria-label={name}>
            <Flex align="center" gap={4}>
              <strong className="block-open">{name}</strong>
              <Button size="small" type="text" icon={<SettingOutlined />} aria-label={t("message.block.settings", { name })} title={t("message.block.settings", { name })} aria-expanded={open === one.key} onClick={() => setOpen(open === one.key ? undefined : one.key)} />
              {!disabled && <BlockTools of={one} name={name} first={begins} last={ends} steps={steps} />}
            </Flex>
            {open === one.key && <BlockFields of={one} onChange={steps.change} disabled={disabled} />}
            {one.children.map((column, index) => (
              <Column key={column.key} column={column} title={one.children.length > 1 ? t("message.block.column", { n: index + 1 }) : undefined} steps={steps} onAdd={add} onDropInto={() => dragged.current !== undefined && set(movedInto(mail, dragged.current, column.key))} />
            ))}
          </section>
        );
      })}
      {!disabled && (
        <Dropdown autoFocus trigger={["click"]} menu={{ items: ([1, 2, 3] as const).map((n) => ({ key: String(n), label: t("message.block.columns", { n }) })), onClick: ({ key }) => add(undefined, section(Number(key))) }}>
          <Button type="dashed" block icon={<PlusOutlined />}>
            {t("message.block.addSection")}
          </Button>
        </Dropdown>
      )}
    </div>
  );
}

interface ColumnProps {
  column: Block;
  title: string | undefined;
  steps: Steps;
  onAdd: (column: number, next: Block) => void;
  onDropInto: () => void;
}

function Column({ column, title, steps, onAdd, onDropInto }: ColumnProps) {
  const { t } = useWords();
  // A block that is no column (kept word for word) stands between columns.
  if (column.tag !== "mj-column") return <BlockCard of={column} first last steps={steps} />;
  return (
    <div className="block-column" onDragOver={(event) => event.preventDefault()} onDrop={(event) => (event.preventDefault(), onDropInto())}>
      {title && <div className="small">{title}</div>}
      {column.children.map((one, at) => (
        <BlockCard key={one.key} of={one} first={at === 0} last={at === column.children.length - 1} steps={steps} />
      ))}
      {!steps.disabled && (
        <Dropdown
          autoFocus
          trigger={["click"]}
          menu={{ items: KNOWN.map((key) => ({ key, label: t(`message.block.${key}`) })), onClick: ({ key }) => onAdd(column.key, fresh(key as Known, t(key === "mj-button" ? "message.block.newButton" : "message.block.newText"))) }}
        >
          <Button size="small" type="text" icon={<PlusOutlined />}>
            {t("message.block.add")}
          </Button>
        </Dropdown>
      )}
    </div>
  );
}
