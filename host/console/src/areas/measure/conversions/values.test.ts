import { expect, test } from "vitest";
import { bodyOf, type Values } from "./values";

const base: Values = { name: "A", on: "order", of: "any", value: "order-total", counting: "every", window_days: 30 };

test("only what belongs to the kind of rule is said", () => {
  expect(bodyOf({ ...base, offer: "x", written_to: true, fixed_minor: 5, event: "y" }).rule).toEqual({ on: "order", of: "any", value: "order-total" });
  expect(bodyOf({ ...base, of: "offer", offer: "x", value: "fixed", fixed_minor: 5 }).rule).toEqual({ on: "order", of: "offer", offer: "x", value: "fixed", fixed_minor: 5 });
  expect(bodyOf({ ...base, of: "campaign-offers" }).rule).toEqual({ on: "order", of: "campaign-offers", value: "order-total", written_to: false });
  expect(bodyOf({ ...base, on: "event", event: "signup" }).rule).toEqual({ on: "event", name: "signup", value: "event-value" });
});
