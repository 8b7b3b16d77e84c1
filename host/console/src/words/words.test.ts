/** Finds sentences that are missing, unused, not translated, and visible strings outside the catalogues. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { en } from "./en";
import type { Sentence } from "./say";
import { zhCN } from "./zh-CN";

const SRC = join(import.meta.dirname, "..");

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return files(path);
    return /\.tsx?$/.test(name) && !/\.test\.|schema\.ts$/.test(path) && !path.includes("/words/") ? [path] : [];
  });
}

const sources = files(SRC).map((path) => ({ path, text: readFileSync(path, "utf8") }));
const all = sources.map((one) => one.text).join("\n");
const forms = (sentence: Sentence) => (typeof sentence === "string" ? [sentence] : [sentence.one, sentence.other]);

test("both languages have the same keys, and every sentence its values", () => {
  expect(Object.keys(zhCN).sort()).toEqual(Object.keys(en).sort());
  const holes = (sentence: Sentence) => [...new Set(forms(sentence).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();
  const odd = Object.keys(en).filter((key) => holes(en[key as keyof typeof en]).join() !== holes(zhCN[key as keyof typeof en]).join());
  expect(odd).toEqual([]);
});

test("every Chinese sentence is Chinese", () => {
  // Names and abbreviations that are alike in both.
  const alike = ["app.title", "jobs.ended", "plugin.look", "plugin.versionOf", "identity.open_id", "rule.filter.sku", "jobs.progress"];
  // What is only values and signs between them needs no translation.
  const hasWords = (text: string) => /\p{L}/u.test(text.replace(/\{\w+\}/g, ""));
  const plain = Object.entries(zhCN).filter(([key, sentence]) => !alike.includes(key) && forms(sentence).some(hasWords) && !forms(sentence).some((text) => /\p{Script=Han}/u.test(text)));
  expect(plain.map(([key]) => key)).toEqual([]);
});

test("no sentence is unused", () => {
  // `t(`a.b.${x}`)` and `code("family", x)` use a whole family.
  const families = [...all.matchAll(/`([\w.-]+)\.\$\{/g), ...all.matchAll(/code\("([\w.]+)"/g)].map((match) => `${match[1] ?? ""}.`);
  const unused = Object.keys(en).filter((key) => !all.includes(`"${key}"`) && !families.some((family) => key.startsWith(family)));
  expect(unused).toEqual([]);
});

const SHOWN = ["title", "label", "placeholder", "aria-label", "alt", "description", "extra", "lead", "content", "okText", "cancelText"];

// It reads every file of the console: more than five seconds on a busy machine.
test("no visible string stands outside the catalogues", { timeout: 60_000 }, () => {
  const found: string[] = [];
  for (const { path, text } of sources) {
    const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
    const at = (node: ts.Node) => `${path.slice(SRC.length + 1)}: ${node.getText().slice(0, 60)}`;
    const letters = (value: string) => /\p{L}{2,}/u.test(value);
    const visit = (node: ts.Node) => {
      if (ts.isJsxText(node) && letters(node.text)) found.push(at(node));
      if (ts.isJsxAttribute(node) && SHOWN.includes(node.name.getText()) && node.initializer && ts.isStringLiteral(node.initializer) && letters(node.initializer.text)) {
        found.push(at(node));
      }
      // A column's title, a menu's label: the same words, as an object.
      const named = ts.isPropertyAssignment(node) && SHOWN.includes(node.name.getText()) ? node.initializer : undefined;
      if (named && ts.isStringLiteral(named) && letters(named.text) && !(named.text in en)) found.push(at(node));
      if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent) && node.expression && ts.isStringLiteral(node.expression) && letters(node.expression.text)) found.push(at(node));
      ts.forEachChild(node, visit);
    };
    visit(tree);
  }
  // Each language, and a markup, is called by its own name; an example of a country code.
  const allowed = found.filter((one) => !/placeholder="CN"|label: "(English|简体中文|MJML)"/.test(one));
  expect(allowed).toEqual([]);
});
