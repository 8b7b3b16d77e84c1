/**
 * The part of Markdown that readmes use, read into plain data. A stranger wrote
 * it: there is no markup in the result, HTML is text, a picture is its words,
 * and a link leads only to the web or to a mail address.
 */
export type Inline =
  | { kind: "text" | "code"; text: string }
  | { kind: "strong" | "emphasis"; inside: Inline[] }
  | { kind: "link"; to: string; inside: Inline[] };

export type Block =
  | { kind: "heading"; level: number; inside: Inline[] }
  | { kind: "paragraph"; inside: Inline[] }
  | { kind: "code"; text: string }
  | { kind: "rule" }
  | { kind: "quote"; blocks: Block[] }
  | { kind: "list"; ordered: boolean; items: Block[][] }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] };

/** What nobody reads on: the most lines of a readme, and how deep lists and quotes may go. */
const LINES_MAX = 4_000;
const DEPTH_MAX = 6;

export function blocksOf(markdown: string): Block[] {
  return read(markdown.replace(/\r\n?/g, "\n").split("\n").slice(0, LINES_MAX), 0);
}

const FENCE = /^ {0,3}(```+|~~~+)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const RULE = /^ {0,3}([-*_])(\s*\1){2,}\s*$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])\s+/;
const TABLE_LINE = /^\s*\|?\s*:?-{3,}:?\s*(\|\s*:?-{3,}:?\s*)*\|?\s*$/;

function read(lines: string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  const line = (n = at) => lines[n] ?? "";
  /** The lines from here on that hold. */
  const take = (holds: (text: string) => boolean): string[] => {
    const from = at;
    while (at < lines.length && holds(line())) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const heading = HEADING.exec(line());
    const fence = FENCE.exec(line());
    if (line().trim() === "") at += 1;
    else if (fence) {
      const mark = fence[1] ?? "```";
      at += 1;
      const text = take((one) => !one.trimStart().startsWith(mark)).join("\n");
      at += 1;
      blocks.push({ kind: "code", text });
    } else if (heading) {
      at += 1;
      blocks.push({ kind: "heading", level: heading[1]?.length ?? 1, inside: inlines(heading[2] ?? "") });
    } else if (RULE.test(line())) {
      at += 1;
      blocks.push({ kind: "rule" });
    } else if (QUOTE.test(line()) && depth < DEPTH_MAX) {
      blocks.push({ kind: "quote", blocks: read(take((one) => QUOTE.test(one)).map((one) => one.replace(QUOTE, "")), depth + 1) });
    } else if (ITEM.test(line()) && depth < DEPTH_MAX) {
      const ordered = /^\s*\d/.test(line());
      const items: Block[][] = [];
      while (at < lines.length && ITEM.test(line()) && /^\s*\d/.test(line()) === ordered) {
        const indent = ITEM.exec(line())?.[0].length ?? 2;
        const first = line().slice(indent);
        at += 1;
        const rest = take((one) => one.trim() !== "" && (/^\s{2,}/.test(one) || !begins(one)));
        items.push(read([first, ...rest.map((one) => one.replace(new RegExp(`^ {0,${String(indent)}}`), ""))], depth + 1));
        // One empty line between items does not end the list.
        if (line().trim() === "" && ITEM.test(line(at + 1))) at += 1;
      }
      blocks.push({ kind: "list", ordered, items });
    } else if (line().includes("|") && TABLE_LINE.test(line(at + 1))) {
      const head = cells(line());
      at += 2;
      blocks.push({ kind: "table", head, rows: take((one) => one.includes("|") && one.trim() !== "").map(cells) });
    } else {
      const first = line();
      at += 1;
      blocks.push({ kind: "paragraph", inside: inlines([first, ...take((one) => one.trim() !== "" && !begins(one))].join(" ").trim()) });
    }
  }
  return blocks;
}

/** Whether a line begins something of its own, so that no paragraph goes on in it. */
function begins(line: string): boolean {
  return HEADING.test(line) || FENCE.test(line) || RULE.test(line) || QUOTE.test(line) || ITEM.test(line);
}

function cells(line: string): Inline[][] {
  const inner = line.trim().replace(/^\|/, "").replace(/\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => inlines(cell.replace(/\\\|/g, "|").trim()));
}

// Every part is bounded: a mark that is never closed costs no more than its bound.
const TOKENS =
  /(`{1,3})(.{1,400}?)\1|!?\[([^\]]{0,400})\]\(\s{0,9}<?((?:[^()\s>]|\([^()\s>]{0,200}\)){0,2000})>?(?:\s+"[^"]{0,200}")?\s{0,9}\)|<((?:https?:\/\/|mailto:)[^>\s]{1,2000})>|(\*\*|__)(?=\S)(.{1,400}?)\6|(\*|_)(?=\S)([^*_]{1,400}?)\8(?!\w)/;

export function inlines(text: string, depth = 0): Inline[] {
  const made: Inline[] = [];
  const say = (plain: string) => {
    if (plain !== "") made.push({ kind: "text", text: plain.replace(/\\([\\`*_{}[\]()#+\-.!|<>])/g, "$1") });
  };
  let rest = text;
  while (rest !== "") {
    const found = depth < DEPTH_MAX ? TOKENS.exec(rest) : null;
    if (!found) {
      say(rest);
      break;
    }
    say(rest.slice(0, found.index));
    const [whole, , code, label, to, bare, , strong, , thin] = found;
    if (code !== undefined) made.push({ kind: "code", text: code });
    else if (strong !== undefined) made.push({ kind: "strong", inside: inlines(strong, depth + 1) });
    else if (thin !== undefined) made.push({ kind: "emphasis", inside: inlines(thin, depth + 1) });
    else {
      const address = webAddress(bare ?? to ?? "");
      const words = label ?? bare ?? "";
      if (address && !whole.startsWith("!")) made.push({ kind: "link", to: address, inside: inlines(words, depth + 1) });
      else say(words);
    }
    rest = rest.slice(found.index + whole.length);
  }
  return made;
}

/** An address that a stranger may send people to, or none. */
export function webAddress(text: string): string | undefined {
  if (!/^(https?:\/\/|mailto:)/i.test(text)) return undefined;
  try {
    return new URL(text).href;
  } catch {
    return undefined;
  }
}
