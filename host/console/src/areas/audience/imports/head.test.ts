import { expect, test } from "vitest";
import { head } from "./head";

test("a long file is cut after a whole line, a short one and a workbook are not cut", async () => {
  const line = `${"x".repeat(99)}\n`;
  const long = new File([line.repeat(10_000)], "long.csv");
  const cut = await (await head(long)).text();
  expect(cut.length).toBeLessThan(long.size);
  expect(cut.endsWith("\n")).toBe(true);
  const short = new File(["a,b\n1,2"], "short.csv");
  expect(await head(short)).toBe(short);
  const book = new File([line.repeat(10_000)], "book.xlsx");
  expect(await head(book)).toBe(book);
});
