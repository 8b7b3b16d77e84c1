import { expect, test } from "vitest";
import { formats } from "./format";

test("instants in a sentence of the API stand in the workspace's zone", () => {
  const shanghai = formats({ language: "en", zone: "Asia/Shanghai" });
  expect(shanghai.told("sent at 2017-10-29T23:59:59Z (250), again at 2017-10-30T00:00:00.5Z.")).toBe(`sent at ${shanghai.time("2017-10-29T23:59:59Z")} (250), again at ${shanghai.time("2017-10-30T00:00:00Z")}.`);
  expect(shanghai.told("sent at 2017-10-29T23:59:59Z")).toContain("Oct 30, 2017");
  expect(shanghai.told("no time at all: 2017-10-29")).toBe("no time at all: 2017-10-29");
});
