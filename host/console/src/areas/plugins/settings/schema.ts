/** A plugin's settings schema made ready for the form: in one language, with its secrets marked. */
import type { RJSFSchema, UiSchema } from "@rjsf/utils";
import { accountOf, givenParts } from "./account";

type Json = { [key: string]: unknown };

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `title:zh-CN` and its like replace the plain member; no other language is left in. */
export function inOneLanguage(schema: unknown, language: string): unknown {
  if (Array.isArray(schema)) return schema.map((one) => inOneLanguage(one, language));
  if (!isObject(schema)) return schema;
  const made: Json = {};
  for (const [key, value] of Object.entries(schema)) {
    if (/^(title|description):/.test(key)) continue;
    const own = schema[`${key}:${language}`];
    made[key] = own === undefined ? inOneLanguage(value, language) : own;
  }
  return made;
}

const SECRETS = ["secret", "oauth2"];

/** The names of top-level settings that can be set and never read. */
export function secretNames(schema: unknown): string[] {
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  return Object.entries(schema.properties).flatMap(([name, one]) => (isObject(one) && typeof one.format === "string" && SECRETS.includes(one.format) ? [name] : []));
}

/** A secret is a text in the form, an account a group of them, whatever stands for it in the answer; and it is never required again. */
export function formSchema(schema: unknown, language: string): { schema: RJSFSchema; ui: UiSchema } {
  const spoken = inOneLanguage(schema, language);
  const base: Json = isObject(spoken) ? { ...spoken } : { type: "object" };
  const secrets = secretNames(base);
  const ui: UiSchema = { "ui:submitButtonOptions": { norender: true } };
  if (isObject(base.properties)) {
    for (const name of secrets) {
      const account = accountOf(base.properties[name]);
      ui[name] = account ? { "ui:field": "account", "ui:account": account } : { "ui:widget": "secret" };
    }
    base.properties = Object.fromEntries(
      Object.entries(base.properties).map(([name, one]) =>
        secrets.includes(name) && isObject(one) ? [name, { ...(accountOf(one) ? {} : { type: "string" }), title: one.title ?? name, description: one.description }] : [name, one],
      ),
    );
  }
  if (Array.isArray(base.required)) base.required = base.required.filter((name) => typeof name === "string" && !secrets.includes(name));
  delete base.$schema;
  return { schema: base as RJSFSchema, ui };
}

/** Settings as the form holds them: secrets empty, for they cannot be read back. */
export function formData(settings: unknown, secrets: string[]): Record<string, unknown> {
  if (!isObject(settings)) return {};
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !secrets.includes(name)));
}

/** What changed: a field taken away is null, an empty secret is left as it was. */
export function patchOf(before: unknown, after: Record<string, unknown>, secrets: string[]): Record<string, unknown> {
  const old = formData(before, secrets);
  const patch: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(after)) {
    if (secrets.includes(name)) {
      // Null takes it away.
      if (value === null || (typeof value === "string" && value !== "")) patch[name] = value;
      const parts = givenParts(value);
      if (Object.keys(parts).length > 0) patch[name] = parts;
    } else if (value !== undefined && JSON.stringify(value) !== JSON.stringify(old[name])) patch[name] = value;
  }
  for (const name of Object.keys(old)) if (after[name] === undefined) patch[name] = null;
  return patch;
}

/** Where two sets of settings say something else; of secrets only that another one was typed, or that it is taken away. */
export function differing(a: unknown, b: unknown, secrets: string[] = [], typed = "•••"): { name: string; a: string; b: string }[] {
  const [one, other]: [Json, Json] = [isObject(a) ? a : {}, isObject(b) ? { ...b } : {}];
  const said = (from: Json, name: string) => {
    const value = from[name];
    if (value === undefined || value === null) return "—";
    if (secrets.includes(name)) return typeof value === "string" ? typed : "•••";
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  // Not typed is as it was.
  for (const name of secrets) if (other[name] === undefined || other[name] === "") other[name] = one[name];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((name) => {
    const [x, y] = [said(one, name), said(other, name)];
    return x === y ? [] : [{ name, a: x, b: y }];
  });
}
