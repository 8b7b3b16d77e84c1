// @ts-check
// Channel comparison: what each channel reached, brought in and cost, side by side.
//
// Every number is the catalogue's own; the only one computed here is revenue for each unit of money spent, and it is
// said so. What is missing or withheld is never shown as zero.
import query from "rialto:query/query@0.1.0";
import { METRICS, best, idle, returned, table } from "./channels.js";
import { Document, fault, numbers, question, read, rows, texts } from "./rialto.js";
import { Words } from "./words.js";

/** @type {import("./rialto").Report} */
export const report = {
  describe(locale) {
    const words = new Words(locale);
    const parameters = {
      type: "object",
      additionalProperties: false,
      properties: {
        campaign: {
          type: "string", minLength: 1, format: "campaign",
          title: words.say("Campaign (all of them if absent)", "营销活动（不填则为全部）"),
        },
        from: { type: "string", format: "date", title: words.say("From this day", "开始日期") },
        until: { type: "string", format: "date", title: words.say("Before this day", "结束日期（不含）") },
      },
    };
    const title = words.say("Channel comparison", "触达渠道对比");
    return { title, parameters: JSON.stringify(parameters), options: [] };
  },

  build(_settings, locale, parameters) {
    const asked = read("parameters", parameters);
    const words = new Words(locale);
    const about = { by: ["channel"], where: where(asked), start: day(asked, "from"), end: day(asked, "until") };
    const answers = query.ask(METRICS.map((metric) => question(metric, about)));
    const units = new Map();
    const found = {};
    METRICS.forEach((metric, at) => {
      units.set(metric, answers[at]?.tag === "ok" ? answers[at].val.unit : "count");
      found[metric] = rows(answers[at]);
    });
    return write(words, table(found), units);
  },
};

function where(asked) {
  if (asked.campaign === undefined) return {};
  if (typeof asked.campaign !== "string" || asked.campaign === "") {
    throw fault("invalid-input", "`campaign` must be a campaign's id");
  }
  return { campaign: asked.campaign };
}

/** The start of a day, UTC microseconds. */
function day(asked, name) {
  if (asked[name] === undefined) return null;
  const at = typeof asked[name] === "string" && /^\d{4}-\d{2}-\d{2}$/.test(asked[name]) ? Date.parse(`${asked[name]}T00:00:00Z`) : NaN;
  if (Number.isNaN(at)) throw fault("invalid-input", `\`${name}\` must be a day such as 2026-03-31`);
  return at * 1000;
}

function write(words, list, units) {
  const document = new Document(words.say("Channel comparison", "触达渠道对比"));
  if (list.length === 0) {
    return document.callout("warning", words.say("The catalogue has no number by channel for this.", "指标目录中没有按触达渠道细分的数字。"));
  }
  verdict(document, words, list, units);
  const shown = METRICS.filter((metric) => list.some((row) => row[metric] !== undefined));
  const columns = shown.map((metric) => column(words, list, metric, units.get(metric)));
  document.table(words.say("Channel by channel", "各渠道明细"), [names(words, list), ...columns]);
  chart(document, words, list);
  return document;
}

function names(words, list) {
  return texts("channel", words.say("Channel", "触达渠道"), list.map((row) => words.channel(row.channel)));
}

/** A column of numbers, or of texts where one of them is withheld or missing. */
function column(words, list, metric, unit) {
  const all = list.map((row) => row[metric]);
  const whole = all.every((value) => typeof value === "number");
  return whole
    ? numbers(metric, words.metric(metric), unit, all)
    : texts(metric, words.metric(metric), all.map((value) => words.number(value, unit)));
}

function verdict(document, words, list, units) {
  const compared = best(list);
  if (compared !== null) {
    const [first, last] = [compared.best, compared.worst];
    const [one, other] = [words.channel(first.row.channel), words.channel(last.row.channel)];
    document.callout("info", words.say(
      `${one} brought in ${first.rate.toFixed(2)} for each 1.00 spent, ${other} ${last.rate.toFixed(2)}.`,
      `${one}每花费 1.00 带来收入 ${first.rate.toFixed(2)}，${other}为 ${last.rate.toFixed(2)}。`,
    ));
  }
  for (const channel of idle(list)) {
    const spent = words.number(list.find((row) => row.channel === channel)?.spend, units.get("spend") ?? "count");
    document.callout("warning", words.say(
      `${words.channel(channel)} cost ${spent}, and no revenue is credited to it.`,
      `${words.channel(channel)}花费 ${spent}，没有归因收入。`,
    ));
  }
}

function chart(document, words, list) {
  const rated = list.filter((row) => returned(row) !== null);
  if (rated.length < 2) return;
  const rate = numbers("return", words.say("Revenue for 1 spent", "每单位花费收入"), "ratio", rated.map((row) => returned(row)));
  document.chart(words.say("Revenue for each unit of money spent", "每单位花费带来的收入"), "bar", "channel", "return", [names(words, rated), rate]);
}
