import { expect, test } from "vitest";
import { apart, together, used, type Creative } from "./words";

test("words are parted and joined as the library keeps them", () => {
  expect(apart("winter, new-year，春节,")).toEqual(["winter", "new-year", "春节"]);
  expect(apart(null)).toEqual([]);
  expect(together([" winter", "", "春节 "])).toBe("winter, 春节");
});

test("each word that is used is offered once", () => {
  const library = [{ season: "winter, spring" }, { season: "spring" }, { season: "" }] as Creative[];
  expect(used(library, "season").map((one) => one.value)).toEqual(["spring", "winter"]);
  expect(used(undefined, "theme")).toEqual([]);
});
