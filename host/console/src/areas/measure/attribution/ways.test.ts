import { expect, test } from "vitest";
import { flowOf, wayText } from "./ways";

const names = { converted: "Conversion", left: "None" };
const way = (channels: string[], paths: number, conversions: number, longer = false) => ({ channels, paths, conversions, longer, value_minor: 0 });

test("paths meet at their last touch, and each link sums what went it", () => {
  const { nodes, links } = flowOf([way(["email"], 10, 2), way(["display", "email"], 4, 3), way(["email", "display", "email"], 5, 0)], false, names);
  expect(nodes.map((one) => [one.id, one.depth, one.tone])).toEqual([
    ["2:display", 0, "display"],
    ["3:email", 1, "email"],
    ["converted", 2, undefined],
  ]);
  expect(links).toEqual([
    { from: "3:email", to: "converted", value: 5 },
    { from: "2:display", to: "3:email", value: 3 },
  ]);
});

test("with all paths, what led to nothing is drawn and nothing is lost", () => {
  const { links } = flowOf([way(["a"], 10, 2), way(["a", "b", "a", "b", "c", "a"], 3, 3, true)], true, names);
  const into = (to: string) => links.filter((one) => one.to === to).reduce((sum, one) => sum + one.value, 0);
  expect([into("converted"), into("left")]).toEqual([5, 8]);
  expect(links.find((one) => one.from === "0:a" && one.to === "1:b")?.value).toBe(3);
});

test("a way reads from its beginning", () => {
  expect(wayText({ channels: ["email", "sms"], longer: false })).toBe("email → sms");
  expect(wayText({ channels: ["email", "sms"], longer: true })).toBe("… → email → sms");
});
