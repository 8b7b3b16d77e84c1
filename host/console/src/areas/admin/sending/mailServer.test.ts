import { expect, test } from "vitest";
import { changeOf } from "./mailServer";

const plain = { name: "a", host: "mail.example", port: 25, security: "none" as const };

test("a secret stays unless it is typed or taken away", () => {
  expect(changeOf(plain)).toEqual({ ...plain, rate_per_second: 0 });
  expect(changeOf({ ...plain, password: "x" }).password).toBe("x");
  expect(changeOf({ ...plain, password: "x", password_taken: true }).password).toBe("");
  expect("dkim_key" in changeOf({ ...plain, dkim_key: "" })).toBe(false);
});
