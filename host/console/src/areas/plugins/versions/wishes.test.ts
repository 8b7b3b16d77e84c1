import { expect, test } from "vitest";
import { sameWishes } from "./wishes";

const http = (detail: string) => ({ permission: "http", detail });

test("permissions are the same by what they allow, not by their order", () => {
  expect(sameWishes([http("a.example.com"), http("b.example.com")], [http("b.example.com"), http("a.example.com")])).toBe(true);
  expect(sameWishes([http("a.example.com")], [http("evil.example.com")])).toBe(false);
  expect(sameWishes([http("a.example.com")], [http("a.example.com"), { permission: "mail", detail: "" }])).toBe(false);
  expect(sameWishes([], [])).toBe(true);
});
