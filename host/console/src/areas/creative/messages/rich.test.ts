import { expect, test } from "vitest";
import { simple, wordsOf } from "./rich";

test("only what the editor writes is edited richly", () => {
  expect(simple('Hi {{ name }}<br><a href="{{ unsubscribe_url }}">x</a> <b>y</b>')).toHaveLength(5);
  for (const more of ['<p style="color:red">x</p>', "<h1>x</h1>", "{% if a %}x{% endif %}", "<img src=x onerror=y>", '<b class="c">x</b>', "<script>x</script>"]) {
    expect(simple(more), more).toBeUndefined();
  }
});

test("a line about a text has its words alone", () => {
  expect(wordsOf("<p>Hello&nbsp;<b>you</b></p>\n<p>there</p>")).toBe("Hello you there");
});
