import { expect, test } from "vitest";
import { blocksOf, inlines, webAddress } from "./markdown";

test("a readme becomes blocks", () => {
  const blocks = blocksOf("# Title\n\nOne line\ngoes on.\n\n- a\n- b\n  more\n\n1. x\n\n> said\n\n```sh\ncode # not a title\n```\n\n| a | b |\n| --- | --- |\n| `1\\|2` | 2 |\n\n---\n");
  expect(blocks.map((one) => one.kind)).toEqual(["heading", "paragraph", "list", "list", "quote", "code", "table", "rule"]);
  expect(blocks[1]).toEqual({ kind: "paragraph", inside: [{ kind: "text", text: "One line goes on." }] });
  expect(blocks[2]).toMatchObject({ ordered: false, items: [[{ kind: "paragraph" }], [{ inside: [{ text: "b more" }] }]] });
  expect(blocks[5]).toEqual({ kind: "code", text: "code # not a title" });
  expect(blocks[6]).toMatchObject({ rows: [[[{ kind: "code", text: "1|2" }], [{ text: "2" }]]] });
});

test("markup of a stranger is text, and links lead only to the web", () => {
  expect(blocksOf("<script>alert(1)</script>")).toEqual([{ kind: "paragraph", inside: [{ kind: "text", text: "<script>alert(1)</script>" }] }]);
  expect(inlines("[x](javascript:alert(1)) y")).toEqual([{ kind: "text", text: "x" }, { kind: "text", text: " y" }]);
  expect(inlines("![picture](https://a.example/p.png)")).toEqual([{ kind: "text", text: "picture" }]);
  expect(inlines("[docs](https://a.example/d)")).toEqual([{ kind: "link", to: "https://a.example/d", inside: [{ kind: "text", text: "docs" }] }]);
  expect(webAddress("data:text/html,x")).toBeUndefined();
  expect(webAddress("//a.example")).toBeUndefined();
});

test("inline marks nest, and odd ones stay as they are", () => {
  expect(inlines("a **b *c*** `d*e*`").map((one) => one.kind)).toEqual(["text", "strong", "text", "code"]);
  expect(inlines("snake_case_name and 2 * 3 * 4")).toEqual([{ kind: "text", text: "snake_case_name and 2 * 3 * 4" }]);
});

test("a hostile readme ends", () => {
  const started = performance.now();
  blocksOf(`${"> ".repeat(5_000)}x\n${"- ".repeat(5_000)}y\n${"[".repeat(20_000)}\n${"**a".repeat(5_000)}\n${"|".repeat(20_000)}\n`);
  expect(performance.now() - started).toBeLessThan(2_000);
});
