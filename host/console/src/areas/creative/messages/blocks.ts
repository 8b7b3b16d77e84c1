/** Changing a mail of blocks: every step makes a new mail, so that each can be taken back. */
import { block, type Block, type Known, type Mail } from "./mjml";

/** Each block of a tree through a function that may leave it, change it, or give none or several in its place. */
function each(blocks: Block[], change: (one: Block) => Block[]): Block[] {
  return blocks.flatMap((one) => change(one.children.length > 0 ? { ...one, children: each(one.children, change) } : one));
}

const within = (mail: Mail, change: (one: Block) => Block[]): Mail => ({ ...mail, sections: each(mail.sections, change) });

export const replaced = (mail: Mail, next: Block): Mail => within(mail, (one) => (one.key === next.key ? [{ ...next, children: one.children }] : [one]));

export const removed = (mail: Mail, key: number): Mail => within(mail, (one) => (one.key === key ? [] : [one]));

function copy(one: Block): Block {
  return block(one.tag, one.attributes, one.content, one.children.map(copy));
}

export const doubled = (mail: Mail, key: number): Mail => within(mail, (one) => (one.key === key ? [one, copy(one)] : [one]));

export function find(blocks: Block[], key: number): Block | undefined {
  for (const one of blocks) {
    const found = one.key === key ? one : find(one.children, key);
    if (found) return found;
  }
  return undefined;
}

/** Put a block at the end of a column, or a section at the end of the mail. */
export function added(mail: Mail, column: number | undefined, next: Block): Mail {
  if (column === undefined) return { ...mail, sections: [...mail.sections, next] };
  const put = (blocks: Block[]): Block[] => blocks.map((one) => (one.key === column ? { ...one, children: [...one.children, next] } : { ...one, children: put(one.children) }));
  return { ...mail, sections: put(mail.sections) };
}

/** A step up or down among its own. */
export function shifted(mail: Mail, key: number, by: -1 | 1): Mail {
  const shift = (blocks: Block[]): Block[] => {
    const at = blocks.findIndex((one) => one.key === key);
    const [here, there] = [blocks[at], blocks[at + by]];
    if (here && there) return blocks.map((one, index) => (index === at ? there : index === at + by ? here : one));
    return blocks.map((one) => ({ ...one, children: shift(one.children) }));
  };
  return { ...mail, sections: shift(mail.sections) };
}

/** Before another block, where it was dropped; nothing goes into itself. */
export function moved(mail: Mail, key: number, before: number): Mail {
  const one = find(mail.sections, key);
  if (!one || key === before || find(one.children, before)) return mail;
  return within(removed(mail, key), (other) => (other.key === before ? [one, other] : [other]));
}

/** To the end of a column. */
export function movedInto(mail: Mail, key: number, column: number): Mail {
  const one = find(mail.sections, key);
  return one ? added(removed(mail, key), column, one) : mail;
}

export function section(columns: number): Block {
  return block("mj-section", {}, "", Array.from({ length: columns }, () => block("mj-column")));
}

/** A new block, with what it needs to be seen; `words` are in the message's own language where there are such. */
export function fresh(tag: Known, words: string): Block {
  const attributes: Record<Known, Record<string, string>> = {
    "mj-text": {},
    "mj-button": { href: "https://" },
    "mj-image": { src: "", alt: "" },
    "mj-divider": { "border-color": "#d9d9d9", "border-width": "1px" },
    "mj-spacer": { height: "24px" },
  };
  return block(tag, attributes[tag], tag === "mj-text" ? `<p>${words}</p>` : tag === "mj-button" ? words : "");
}
