// What the report says, in both languages, and how numbers read.

const CHANNELS = {
  email: "电子邮件", sms: "短信", display: "展示广告", paid_search: "付费搜索", social: "社交媒体", direct: "直接访问", webhook: "网络回调",
};

const METRICS = {
  sends: ["Sends", "发送数"],
  "unique-clicks": ["People who clicked", "点击人数"],
  touches: ["Touches", "触点数"],
  "attributed-conversions": ["Credited conversions", "归因转化数"],
  "attributed-revenue": ["Credited revenue", "归因收入"],
  spend: ["Spend", "花费"],
};

export class Words {
  constructor(locale) {
    this.chinese = locale === "zh-CN";
  }

  say(english, chinese) {
    return this.chinese ? chinese : english;
  }

  metric(name) {
    const [english, chinese] = METRICS[name] ?? [name, name];
    return this.say(english, chinese);
  }

  channel(name) {
    return this.chinese ? (CHANNELS[name] ?? name) : name.replaceAll("_", " ");
  }

  /** A number as people write it; what is withheld or missing is said. */
  number(value, unit) {
    if (value === null) return this.say("withheld (fewer than five people)", "不显示（少于五人）");
    if (value === undefined) return this.say("none", "无");
    const money = unit.startsWith("money:") ? unit.slice(6) : null;
    const digits = money !== null ? (["JPY", "KRW", "VND"].includes(money) ? 0 : 2) : Number.isInteger(value) ? 0 : 1;
    const shown = money !== null && digits === 2 ? value / 100 : value;
    const [whole, fraction] = Math.abs(shown).toFixed(digits).split(".");
    const apart = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    return `${money === null ? "" : `${money} `}${shown < 0 ? "-" : ""}${apart}${fraction === undefined ? "" : `.${fraction}`}`;
  }
}
