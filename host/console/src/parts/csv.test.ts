import { expect, test } from "vitest";
import { csv } from "./csv";
import { compare } from "./DataTable";

test("a stranger's formula stays a text, numbers stay numbers", () => {
  expect(csv(["a"], [["=1+1"], ["-5"], [-5], ["@x"], ['say "hi", you'], [null]])).toBe(
    "\uFEFFa\r\n'=1+1\r\n-5\r\n-5\r\n'@x\r\n\"say \"\"hi\"\", you\"\r\n\r\n",
  );
});

test("nothing comes last, numbers go by size", () => {
  expect([null, 10, 9, ""].sort(compare).slice(0, 2)).toEqual([9, 10]);
  expect(["b10", "b9"].sort(compare)).toEqual(["b9", "b10"]);
});
