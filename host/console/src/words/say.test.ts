import { expect, test } from "vitest";
import { formats } from "./format";
import { say } from "./say";

test("a number chooses the plural and is written as the language does", () => {
  const rows = { one: "{n} row", other: "{n} rows" };
  expect(say(rows, "en", { n: 1 })).toBe("1 row");
  expect(say(rows, "en", { n: 1234 })).toBe("1,234 rows");
  expect(say("{n} 行", "zh-CN", { n: 1 })).toBe("1 行");
});

test("money, days and values are written in the place's way", () => {
  const us = formats({ language: "en", zone: "America/New_York" });
  const cn = formats({ language: "zh-CN", zone: "Asia/Shanghai" });
  expect(us.money(1234567, "USD")).toBe("$12,345.67");
  expect(us.money(500, "JPY")).toBe("¥500");
  expect(us.date("2026-01-01T02:00:00Z")).toBe("Dec 31, 2025");
  expect(cn.date("2026-01-01T02:00:00Z")).toBe("2026年1月1日");
  expect(us.value(0.104, "ratio")).toBe("10.4%");
  expect(us.value(250, "money:USD")).toBe("$2.50");
  expect(us.bytes(1536)).toBe("1.5 KiB");
});
