import { expect, test } from "vitest";
import { filterOf } from "./filter";

test("values of one dimension are any of them, and what the metric does not have is left out", () => {
  expect(filterOf(["channel:email", "channel:sms", "campaign:a:b", "brand:x", "odd"], ["channel", "campaign"])).toEqual({ channel: ["email", "sms"], campaign: ["a:b"] });
});
