import { expect, test } from "vitest";
import { ownParts, partsOf, rulesOf, valuesOf } from "./policy";

const rules = {
  caps: [{ sends: 2, days: 7, channel: "email", topic: null }],
  quiet_hours: { from: "21:00", to: "08:00", channels: [] },
  barred: [{ region: "GB", channel: null }],
  auto_pause: { hard_bounces: 0.05, complaints: 0.003, after: 100 },
};

test("a policy comes back from its form as it went in, shares as percentages between", () => {
  expect(valuesOf(rules).auto_pause).toEqual({ hard_bounces: 5, complaints: 0.3, after: 100 });
  expect(rulesOf(valuesOf(rules))).toEqual(rules);
});

test("no quiet hours are null, an empty channel is every channel", () => {
  const values = valuesOf({ caps: [{ sends: 1, days: 1, channel: "" }] });
  expect(rulesOf(values)).toMatchObject({ quiet_hours: null, caps: [{ channel: null }] });
});

test("a unit sends only the parts it sets, and null is a part", () => {
  expect(ownParts({ quiet_hours: null, caps: [] })).toEqual(["caps", "quiet_hours"]);
  expect(partsOf(valuesOf(rules), ["barred"])).toEqual({ barred: [{ region: "GB", channel: null }] });
});
