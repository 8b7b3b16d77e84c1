import { expect, test } from "vitest";
import { parse } from "./mjml";
import { letter } from "./starter";

test("the letter to begin with opens in blocks and offers the way out", () => {
  const text = letter({ hello: "Hello {{ first_name|default('there') }}", words: "A & B", button: "Go", foot: "Shop, 1 <Street>", unsubscribe: "Unsubscribe" });
  expect(parse(text)?.sections).toHaveLength(2);
  expect(text).toContain("A &amp; B");
  expect(text).toContain("Shop, 1 &lt;Street&gt;");
  expect(text).toContain('href="{{ unsubscribe_url }}"');
});
