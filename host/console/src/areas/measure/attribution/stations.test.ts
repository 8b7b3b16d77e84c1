import { expect, test } from "vitest";
import { drawn, ends } from "./stations";

const names = { none: "(none)", rest: "others" };
const row = (channel: string, campaign: string, value: number) => ({ keys: [channel, campaign], labels: [channel, campaign], value });

test("links sum to the rows, and alike names stay apart", () => {
  const { nodes, links } = drawn([row("email", "email", 3), row("sms", "email", 2), row("sms", "", 0)], names);
  expect(nodes.map((one) => one.id)).toEqual(["temail", "cemail", "csms"]);
  expect(links).toEqual([
    { from: "cemail", to: "temail", value: 3 },
    { from: "csms", to: "temail", value: 2 },
  ]);
  expect(links.map(ends)).toEqual([
    { channel: "email", campaign: "email" },
    { channel: "sms", campaign: "email" },
  ]);
});

test("many campaigns run together, and nothing is lost", () => {
  const rows = Array.from({ length: 40 }, (_, at) => row("email", String(at), 40 - at));
  const { nodes, links } = drawn(rows, names);
  expect(nodes).toHaveLength(15);
  expect(links.reduce((sum, one) => sum + one.value, 0)).toBe(820);
  const rest = links.find((one) => one.to === "t*");
  expect(rest && ends(rest)).toEqual({ channel: "email", campaign: undefined });
});
