import { expect, test } from "vitest";
import { decoded, encoded, encodedValue, parse, print, SOURCE } from "./mjml";

const MAIL = `<mjml><mj-head><mj-title>Winter</mj-title></mj-head><mj-body background-color="#fff">
<mj-section><mj-column>
<mj-text font-size="22px">Hello {{ first_name|default('there') }}<br>you</mj-text>
<mj-image src="https://x.example/a.png" alt='say "hi"' />
<mj-button href="{{ url|default('>') }}">Go</mj-button>
</mj-column><mj-column></mj-column></mj-section>
<!-- kept -->
{% if tier == 'gold' %}
<mj-hero mode="fixed-height"><mj-text>Big</mj-text></mj-hero>
{% endif %}
</mj-body></mjml>`;

test("a mail becomes blocks, and the same mail again", () => {
  const mail = parse(MAIL);
  expect(mail?.head).toBe("<mj-head><mj-title>Winter</mj-title></mj-head>");
  expect(mail?.sections.map((one) => one.tag)).toEqual(["mj-section", SOURCE, SOURCE, SOURCE, SOURCE]);
  const [first, second] = mail?.sections[0]?.children ?? [];
  expect(first?.children.map((one) => [one.tag, one.content])).toEqual([
    ["mj-text", "Hello {{ first_name|default('there') }}<br>you"],
    ["mj-image", ""],
    ["mj-button", "Go"],
  ]);
  expect(first?.children[1]?.attributes.alt).toBe('say "hi"');
  expect(second?.children).toEqual([]);
  const once = mail ? print(mail) : "";
  const again = parse(once);
  expect(again && print(again)).toBe(once);
  for (const kept of ["<!-- kept -->", "{% if tier == 'gold' %}", '<mj-hero mode="fixed-height"><mj-text>Big</mj-text></mj-hero>', `alt='say "hi"'`]) expect(once).toContain(kept);
});

test("what does not hold together is left to the source", () => {
  for (const source of ["", "<p>x</p>", "<mjml></mjml>", "<mjml><mj-body><mj-section></mj-body></mjml>", "<mjml><mj-body></mj-body></mjml> more"]) expect(parse(source)).toBeUndefined();
});

test("people's words are encoded, templates are not", () => {
  expect(encoded("A & B < {{ x|default('<&') }}")).toBe("A &amp; B &lt; {{ x|default('<&') }}");
  expect(decoded(encoded("A & B > 'c' \"d\""))).toBe("A & B > 'c' \"d\"");
  expect(encodedValue('a "b" {{ x|default("c") }}')).toBe('a &quot;b&quot; {{ x|default("c") }}');
  expect(decoded("&amp;lt;")).toBe("&lt;");
});
