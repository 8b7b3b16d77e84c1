import { expect, test } from "vitest";
import { wordsIn } from "@/words";
import { ACTIONS, actionWords, detailLines, OBJECTS } from "./audited";

test("every action and object has its words in both languages", () => {
  for (const language of ["en", "zh-CN"] as const) {
    const { code } = wordsIn(language, "UTC");
    const missing = [...ACTIONS.flatMap((action) => action.split(".").map((part, at) => [["audit.of", "audit.did"][at] ?? "", part] as const)), ...OBJECTS.map((object) => ["audit.of", object] as const)]
      // A code without words stands for itself.
      .filter(([family, part]) => code(family, part) === part);
    expect(missing).toEqual([]);
  }
  expect(actionWords(wordsIn("en", "UTC").code, "user.role-add")).toBe("User · role given");
});

test("a detail is shown member by member, nothing of it is taken for markup", () => {
  expect(detailLines({ file: "<b>", roles: [1] })).toEqual([
    { name: "file", value: "<b>" },
    { name: "roles", value: "[\n 1\n]" },
  ]);
  expect(detailLines(null)).toEqual([]);
});
