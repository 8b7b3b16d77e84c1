import { expect, test } from "vitest";
import { checksOf } from "./ready";

test("every check that the host names is shown, and nothing that is not one", () => {
  expect(checksOf({ database: true, worker: false, sends: false, held: "a copy" })).toEqual([
    { name: "database", good: true },
    { name: "worker", good: false },
  ]);
  expect(checksOf("ok")).toEqual([]);
});
