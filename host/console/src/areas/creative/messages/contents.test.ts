import { expect, test } from "vitest";
import { differing, mistakesOf, withPart, without } from "./contents";

test("a part is changed in its language alone, and an empty one is none", () => {
  const was = { en: { subject: "A", text: "T" }, "zh-CN": { subject: "甲" } };
  expect(withPart(was, "en", "subject", "B")).toEqual({ ...was, en: { subject: "B", text: "T" } });
  expect(withPart(was, "en", "text", "")).toEqual({ ...was, en: { subject: "A" } });
  expect(withPart({}, "fr", "subject", "C")).toEqual({ fr: { subject: "C" } });
  expect(without(was, "en")).toEqual({ "zh-CN": { subject: "甲" } });
});

test("a refusal is told at its part", () => {
  const errors = [
    { field: "contents.en.mjml", message: "line 3: x" },
    { field: "contents.zh-CN.mjml", message: "y" },
    { field: "contents.en.mjml", message: "z" },
    { field: "name", message: "n" },
  ];
  expect(mistakesOf(errors, "en")).toEqual({ mjml: ["line 3: x", "z"] });
});

test("two versions differ part by part", () => {
  expect(differing({ en: { a: "1", b: "2" } }, { en: { a: "1" }, fr: { a: "3" } })).toEqual([
    { language: "en", part: "b", mine: "2", theirs: "" },
    { language: "fr", part: "a", mine: "", theirs: "3" },
  ]);
});
