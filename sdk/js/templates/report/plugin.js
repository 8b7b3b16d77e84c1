// @ts-check
// @TITLE@: one metric of a campaign, or the word that it is missing.
import query from "rialto:query/query@0.1.0";
import { Document, question, read, rows, text } from "./rialto.js";

/** @type {import("./rialto").Report} */
export const report = {
  describe(locale) {
    const campaign = { type: "string", format: "campaign" };
    const parameters = { type: "object", required: ["campaign"], properties: { campaign } };
    const title = locale === "zh-CN" ? "发送报告" : "@TITLE@";
    return { title, parameters: JSON.stringify(parameters), options: [] };
  },

  build(_settings, locale, parameters) {
    const campaign = text("parameters", read("parameters", parameters), "campaign");
    const chinese = locale === "zh-CN";
    const document = new Document(chinese ? "发送报告" : "@TITLE@");
    const [answer] = query.ask([question("sends", { where: { campaign } })]);
    const sends = rows(answer)[0]?.value ?? null;
    if (sends === null) {
      return document.callout("warning", chinese ? "没有可显示的发送数。" : "There is no number of sends to show.");
    }
    return document.figure("sends", chinese ? "发送数" : "Sends", "count", sends);
  },
};
