import { expect, test } from "vitest";
import { differing, formData, formSchema, inOneLanguage, patchOf, secretNames } from "./schema";
import { interpreted } from "../validator";

const schema = {
  type: "object",
  required: ["endpoint", "key"],
  additionalProperties: false,
  properties: {
    endpoint: { type: "string", title: "Endpoint", "title:zh-CN": "接口地址", minLength: 3 },
    key: { type: "string", format: "secret", title: "Key" },
  },
};

test("a schema speaks one language", () => {
  expect(JSON.stringify(inOneLanguage(schema, "zh-CN"))).toContain("接口地址");
  expect(JSON.stringify(inOneLanguage(schema, "en"))).not.toContain("接口地址");
});

test("a secret is never shown, never required again, and sent only when typed", () => {
  expect(secretNames(schema)).toEqual(["key"]);
  const stored = { endpoint: "https://a", key: { set: true } };
  expect(formData(stored, ["key"])).toEqual({ endpoint: "https://a" });
  expect(formSchema(schema, "en").schema.required).toEqual(["endpoint"]);
  expect(patchOf(stored, { endpoint: "https://b", key: "" }, ["key"])).toEqual({ endpoint: "https://b" });
  expect(patchOf(stored, { endpoint: "https://a", key: "new" }, ["key"])).toEqual({ key: "new" });
  expect(patchOf(stored, { key: undefined }, ["key"])).toEqual({ endpoint: null });
  expect(patchOf(stored, { endpoint: "https://a", key: null }, ["key"])).toEqual({ key: null });
});

test("mistakes are found without compiling code, at their fields", () => {
  const { schema: form } = formSchema(schema, "en");
  const { errors } = interpreted.validateFormData({ endpoint: "a" }, form);
  expect(errors.map((one) => one.property)).toEqual([".endpoint"]);
  expect(interpreted.isValid(form, { endpoint: "abc" }, form)).toBe(true);
});

test("a conflict shows what differs, and of a secret only that it was typed", () => {
  expect(differing({ a: 1, key: { set: true } }, { a: 2, key: "typed" }, ["key"])).toEqual([{ name: "a", a: "1", b: "2" }]);
  expect(differing({ key: { set: true } }, { key: null }, ["key"])).toEqual([{ name: "key", a: "•••", b: "—" }]);
});
