/**
 * MJML as blocks and back. The source stays the truth: what the block editor does
 * not know (a hero, a table, a comment, a condition between blocks) is kept word
 * for word, and a source that does not hold together is left to the source editor.
 */
export interface Block {
  /** For the page only: which one it is while it is edited. */
  key: number;
  /** Its element, or `#source` for what is kept word for word. */
  tag: string;
  attributes: Record<string, string>;
  /** What is inside of a section or column. */
  children: Block[];
  /** What is inside of an element that holds a text. */
  content: string;
}

export interface Mail {
  /** Everything between `<mjml>` and the body, word for word. */
  head: string;
  body: Record<string, string>;
  sections: Block[];
}

export const SOURCE = "#source";
/** The elements that have fields of their own in the editor. */
export const KNOWN = ["mj-text", "mj-button", "mj-image", "mj-divider", "mj-spacer"] as const;
export type Known = (typeof KNOWN)[number];

let keys = 0;

export function block(tag: string, attributes: Record<string, string> = {}, content = "", children: Block[] = []): Block {
  keys += 1;
  return { key: keys, tag, attributes, children, content };
}

interface Element {
  tag: string;
  attributes: Record<string, string>;
  inner: string;
  end: number;
}

const OPEN = /<([a-z][\w-]*)((?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/y;
const ATTRIBUTE = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/** The element that begins here, to the end that belongs to it. */
function elementAt(source: string, at: number): Element | undefined {
  OPEN.lastIndex = at;
  const open = OPEN.exec(source);
  const tag = open?.[1];
  if (!open || tag === undefined) return undefined;
  const attributes = Object.fromEntries([...(open[2] ?? "").matchAll(ATTRIBUTE)].map((one) => [one[1] ?? "", one[2] ?? one[3] ?? ""]));
  const from = OPEN.lastIndex;
  if (open[3] === "/") return { tag, attributes, inner: "", end: from };
  const edges = new RegExp(`<(/?)${tag}(?=[\\s/>])(?:"[^"]*"|'[^']*'|[^"'>])*?(/?)>`, "g");
  edges.lastIndex = from;
  let depth = 1;
  for (let edge = edges.exec(source); edge; edge = edges.exec(source)) {
    if (edge[1] === "/") depth -= 1;
    else if (edge[2] !== "/") depth += 1;
    if (depth === 0) return { tag, attributes, inner: source.slice(from, edge.index), end: edges.lastIndex };
  }
  return undefined;
}

/** What stands in a row: elements by `known`, everything else word for word. */
function row(source: string, known: (element: Element) => Block | undefined): Block[] | undefined {
  const blocks: Block[] = [];
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at);
    const space = /^\s+/.exec(rest)?.[0].length ?? 0;
    if (space > 0) {
      at += space;
      continue;
    }
    const comment = /^<!--[\s\S]*?-->/.exec(rest)?.[0] ?? /^[^<]+/.exec(rest)?.[0];
    if (comment !== undefined) {
      blocks.push(block(SOURCE, {}, comment.trim()));
      at += comment.length;
      continue;
    }
    const element = elementAt(source, at);
    if (!element) return undefined;
    blocks.push(known(element) ?? block(SOURCE, {}, source.slice(at, element.end)));
    at = element.end;
  }
  return blocks;
}

/** The mail in blocks, or nothing where the source does not hold together. */
export function parse(source: string): Mail | undefined {
  const text = source.trim();
  const mjml = elementAt(text, 0);
  if (mjml?.tag !== "mjml" || mjml.end !== text.length || Object.keys(mjml.attributes).length > 0) return undefined;
  const bodyAt = mjml.inner.search(/<mj-body[\s>/]/);
  const body = bodyAt < 0 ? undefined : elementAt(mjml.inner, bodyAt);
  if (!body || mjml.inner.slice(body.end).trim() !== "") return undefined;
  let broken = false;
  const inside = (element: Element, tag: string, known: (inner: Element) => Block | undefined) => {
    if (element.tag !== tag) return undefined;
    const children = row(element.inner, known);
    broken ||= children === undefined;
    return block(tag, element.attributes, "", children ?? []);
  };
  const leaf = (element: Element) => ((KNOWN as readonly string[]).includes(element.tag) ? block(element.tag, element.attributes, element.inner.trim()) : undefined);
  const sections = row(body.inner, (section) => inside(section, "mj-section", (column) => inside(column, "mj-column", leaf)));
  if (!sections || broken) return undefined;
  return { head: mjml.inner.slice(0, bodyAt).trim(), body: body.attributes, sections };
}

function attributesOf(attributes: Record<string, string>): string {
  return Object.entries(attributes)
    .map(([name, value]) => (value.includes('"') ? ` ${name}='${value.replace(/'/g, "&#39;")}'` : ` ${name}="${value}"`))
    .join("");
}

function printed(one: Block, indent: string): string {
  if (one.tag === SOURCE) return `${indent}${one.content}`;
  const open = `${indent}<${one.tag}${attributesOf(one.attributes)}`;
  if (one.children.length > 0) return `${open}>\n${one.children.map((child) => printed(child, `${indent}  `)).join("\n")}\n${indent}</${one.tag}>`;
  return one.content === "" && one.tag !== "mj-column" && one.tag !== "mj-section" ? `${open} />` : `${open}>${one.content}</${one.tag}>`;
}

/** The source of a mail. */
export function print({ head, body, sections }: Mail): string {
  const parts = ["<mjml>", ...(head ? [`  ${head}`] : []), `  <mj-body${attributesOf(body)}>`, ...sections.map((one) => printed(one, "    ")), "  </mj-body>", "</mjml>"];
  return parts.join("\n");
}

/** A text of people as it stands within an element; templates stay what they are. */
export function encoded(text: string): string {
  return text
    .split(/(\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\})/)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")))
    .join("");
}

/** The same within the quotes of an attribute. */
export function encodedValue(text: string): string {
  return encoded(text)
    .split(/(\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\})/)
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/"/g, "&quot;")))
    .join("");
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", apos: "'" };

export function decoded(source: string): string {
  return source.replace(/&(amp|lt|gt|quot|#39|apos);/g, (_, name: string) => ENTITIES[name] ?? "");
}
