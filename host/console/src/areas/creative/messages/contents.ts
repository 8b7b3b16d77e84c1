/** The content of a message: parts by language, as the API keeps them. */
import type { Schemas } from "@/api/client";

export type Message = Schemas["Message"];
export type Contents = Message["contents"];
export type Parts = Contents[string];

/** The content with a part changed. An empty part is none, but a body that is being written anew stays one. */
export function withPart(contents: Contents, language: string, part: string, value: string): Contents {
  const { [part]: _was, ...rest } = contents[language] ?? {};
  const none = value === "" && part !== "mjml" && part !== "html";
  return { ...contents, [language]: none ? rest : { ...rest, [part]: value } };
}

export function without(contents: Contents, language: string): Contents {
  const { [language]: _was, ...rest } = contents;
  return rest;
}

/** What stands against each part of a language, from the fields of a refusal (`contents.en.mjml`). */
export function mistakesOf(errors: readonly { field: string; message: string }[], language: string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { field, message } of errors) {
    const start = `contents.${language}.`;
    if (field.startsWith(start)) (found[field.slice(start.length)] ??= []).push(message);
  }
  return found;
}

/** Where two contents differ, a line a part. */
export function differing(mine: Contents, theirs: Contents): { language: string; part: string; mine: string; theirs: string }[] {
  const languages = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])].sort();
  return languages.flatMap((language) => {
    const [a, b] = [mine[language] ?? {}, theirs[language] ?? {}];
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((part) => {
      const [left, right] = [a[part] ?? "", b[part] ?? ""];
      return left === right ? [] : [{ language, part, mine: left, theirs: right }];
    });
  });
}
