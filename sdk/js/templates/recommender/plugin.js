// @ts-check
// @TITLE@: ranks candidates by how often they converted before.
import { bestFirst, column } from "./rialto.js";

/** @type {import("./rialto").Recommend} */
export const recommend = {
  recommend(_settings, brief, candidates) {
    const sends = column(candidates.numbers, "past-sends");
    const conversions = column(candidates.numbers, "past-conversions");
    const ranked = candidates.ids.flatMap((_, candidate) => {
      const [tried, reached] = [sends(candidate), conversions(candidate)];
      if (!(tried > 0) || !(reached >= 0)) return [];
      const weight = reached / tried;
      const said = brief.locale === "zh-CN" ? `过往发送 ${tried} 次，转化 ${reached} 次。` : `Converted ${reached} of ${tried} sends.`;
      return [{ candidate, score: weight, reasons: [{ code: "past-conversions", text: said, weight }], changes: [] }];
    });
    return bestFirst(ranked);
  },
};
