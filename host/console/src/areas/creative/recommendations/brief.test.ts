import { expect, test } from "vitest";
import { briefOf } from "./brief";

test("a question is read, and nothing in it is taken for granted", () => {
  const asked = { objective: "win-back", locale: "en", at: "2026-01-01T00:00:00Z", facts: { season: ["winter", "spring"], budget: 5 }, of: { segment: "s" }, offer: null, campaign: "c", candidates: 17 };
  expect(briefOf(asked)).toEqual({
    objective: "win-back",
    locale: "en",
    at: "2026-01-01T00:00:00Z",
    campaign: "c",
    offer: undefined,
    segment: "s",
    candidates: 17,
    facts: [["season", "winter, spring"], ["budget", "5"]],
  });
  expect(briefOf(null)).toMatchObject({ objective: "", facts: [], candidates: undefined });
});
