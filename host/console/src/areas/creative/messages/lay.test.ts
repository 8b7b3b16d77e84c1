import { expect, test } from "vitest";
import { forced } from "./lay";

test("what asks for the dark gets what was chosen", () => {
  expect(forced("(prefers-color-scheme: dark)", "dark")).toBe("(min-width: 0px)");
  expect(forced("(prefers-color-scheme:dark) and (max-width: 480px)", "light")).toBe("(max-width: 0px) and (max-width: 480px)");
  expect(forced("(prefers-color-scheme: light)", "light")).toBe("(min-width: 0px)");
  expect(forced("only screen and (max-width: 480px)", "dark")).toBe("only screen and (max-width: 480px)");
});
