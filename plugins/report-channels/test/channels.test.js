// The comparison and its words, without a host.
import assert from "node:assert/strict";
import test from "node:test";
import { best, idle, returned, table } from "../src/channels.js";
import { Words } from "../src/words.js";

const row = (channel, value) => ({ keys: [channel], value });

test("numbers of a channel stand side by side, the dearest channel first", () => {
  const rows = table({ sends: [row("email", 9), row("sms", 7)], spend: [row("sms", 200), row("display", 900)] });
  assert.deepEqual(rows.map((one) => one.channel), ["display", "sms", "email"]);
  assert.deepEqual(rows[1], { channel: "sms", sends: 7, spend: 200 });
  assert.equal(rows[0].sends, undefined, "missing is not zero");
});

test("a withheld part withholds the sum", () => {
  const split = [{ keys: ["email", "last"], value: 5 }, { keys: ["email", "linear"], value: null }];
  assert.equal(table({ "attributed-revenue": split })[0]["attributed-revenue"], null);
});

test("the best for its money needs another to be compared with", () => {
  const rows = table({ "attributed-revenue": [row("a", 300), row("b", 100)], spend: [row("a", 100), row("b", 100), row("c", 5)] });
  assert.equal(best(rows).best.row.channel, "a");
  assert.equal(best(rows.slice(0, 1)), null);
  assert.equal(returned({ spend: 0, "attributed-revenue": 5 }), null);
  assert.deepEqual(idle([{ channel: "x", spend: 3, "attributed-revenue": 0 }, { channel: "y", spend: 3 }]), ["x"]);
});

test("numbers read as people write them, in both languages", () => {
  const [english, chinese] = [new Words("en"), new Words("zh-CN")];
  assert.equal(english.number(1234567, "count"), "1,234,567");
  assert.equal(english.number(-123456, "money:EUR"), "EUR -1,234.56");
  assert.equal(english.number(1234, "money:JPY"), "JPY 1,234");
  assert.match(english.number(null, "count"), /withheld/);
  assert.match(chinese.number(null, "count"), /不显示/);
  assert.equal(chinese.channel("sms"), "短信");
  assert.equal(english.channel("paid_search"), "paid search");
});
