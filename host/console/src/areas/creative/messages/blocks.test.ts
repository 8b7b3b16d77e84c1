import { expect, test } from "vitest";
import { added, doubled, find, fresh, moved, removed, replaced, section, shifted } from "./blocks";
import { print, type Mail } from "./mjml";

function mail(): { mail: Mail; column: number; keys: number[] } {
  const one = section(2);
  const column = one.children[0]?.key ?? 0;
  let all: Mail = { head: "", body: {}, sections: [one] };
  const blocks = [fresh("mj-text", "A"), fresh("mj-button", "B"), fresh("mj-spacer", "")];
  for (const next of blocks) all = added(all, column, next);
  return { mail: all, column, keys: blocks.map((next) => next.key) };
}

const tags = (all: Mail, column: number) => find(all.sections, column)?.children.map((one) => one.tag);

test("blocks are moved, doubled and taken away", () => {
  const { mail: all, column, keys } = mail();
  const [text = 0, button = 0, spacer = 0] = keys;
  expect(tags(shifted(all, text, 1), column)).toEqual(["mj-button", "mj-text", "mj-spacer"]);
  expect(tags(shifted(all, text, -1), column)).toEqual(["mj-text", "mj-button", "mj-spacer"]);
  expect(tags(moved(all, spacer, text), column)).toEqual(["mj-spacer", "mj-text", "mj-button"]);
  expect(tags(doubled(all, button), column)).toEqual(["mj-text", "mj-button", "mj-button", "mj-spacer"]);
  expect(tags(removed(all, text), column)).toEqual(["mj-button", "mj-spacer"]);
  expect(tags(all, column)).toEqual(["mj-text", "mj-button", "mj-spacer"]);
});

test("a section is not dropped into itself, and keeps its blocks when it changes", () => {
  const { mail: all, column } = mail();
  const own = all.sections[0];
  expect(own && moved(all, own.key, column)).toBe(all);
  const changed = own && replaced(all, { ...own, attributes: { "background-color": "#eee" }, children: [] });
  expect(changed && print(changed)).toContain('<mj-section background-color="#eee">\n      <mj-column>\n        <mj-text><p>A</p></mj-text>');
});
