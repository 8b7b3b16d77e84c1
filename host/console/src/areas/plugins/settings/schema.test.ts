import { expect, test } from "vitest";
import { accountOf } from "./account";
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
  expect(differing({ a: 1, key: { set: true } }, { a: 2, key: "" }, ["key"])).toEqual([{ name: "a", a: "1", b: "2" }]);
  expect(differing({ a: 1, key: { set: true } }, { a: 1, key: "typed" }, ["key"], "new")).toEqual([{ name: "key", a: "•••", b: "new" }]);
  expect(differing({ key: { set: true } }, { key: null }, ["key"])).toEqual([{ name: "key", a: "•••", b: "—" }]);
});

test("an account is sent as one, with the parts that its way of getting a token asks for", () => {
  const account = { type: "object", format: "oauth2", title: "Account", oauth2: { grant: "client-credentials", "token-url": "https://login.example.com/token", scopes: ["send"] } };
  const made = formSchema({ type: "object", required: ["account"], properties: { account } }, "en");
  expect(made.ui.account).toMatchObject({ "ui:field": "account", "ui:account": { tokenUrl: "https://login.example.com/token", scopes: ["send"] } });
  expect(made.schema.required).toEqual([]);
  expect(accountOf(account)?.parts).toEqual([{ part: "client-id", needed: true }, { part: "client-secret", needed: true }]);
  expect(accountOf({ format: "oauth2", oauth2: { grant: "of-tomorrow" } })?.parts).toHaveLength(5);
  expect(patchOf({}, { account: { "client-id": " me ", "client-secret": "" } }, ["account"])).toEqual({ account: { "client-id": "me" } });
  expect(patchOf({}, { account: { "client-id": "" } }, ["account"])).toEqual({});
  expect(patchOf({}, { account: null }, ["account"])).toEqual({ account: null });
});
