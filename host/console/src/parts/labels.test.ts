import { expect, test } from "vitest";
import { inLines } from "./labels";

test("a code is broken after its signs, and what people wrote is left alone", () => {
  expect(inLines("mailing_type_a")).toBe("mailing_\ntype_a");
  expect(inLines("display")).toBe("display");
  expect(inLines("one-word-of-many-words")).toBe("one-word-\nof-many-\nwords");
  expect(inLines("Summer in the city")).toBe("Summer in the city");
  expect(inLines("春季新品与优惠券活动一览")).toBe("春季新品与优惠券活动一览");
});
