// @ts-check
// @TITLE@: carries messages to an endpoint, one request a delivery.
import http from "rialto:http/http@0.1.0";
import { bytes, fault, outcome, read, text } from "./rialto.js";

/** @type {import("./rialto").Connector} */
export const connector = {
  describe: () => ({ channels: ["@NAME@"], parts: ["text"], batch: 100, options: [] }),
};

/** @type {import("./rialto").Deliver} */
export const deliver = {
  deliver(settings, batch) {
    const endpoint = text("settings", read("settings", settings), "endpoint");
    const requests = batch.ids.map((id, at) => ({
      method: "POST", url: endpoint, headers: [["idempotency-key", id]], body: bytes(batch.parts[at]),
      delivery: id, signing: null, timeoutMs: null, options: [],
    }));
    const answers = requests.length === 0 ? [] : http.sendAll(requests);
    return answers.map((answer, at) => read_answer(at, answer));
  },
};

/** @param {import("./rialto").Result<import("./rialto").Response, import("./rialto").Fault>} answer */
function read_answer(at, answer) {
  if (answer.tag === "err") return outcome(at, "uncertain", answer.val);
  const { status, headers } = answer.val;
  if (status >= 200 && status < 300) return outcome(at, "accepted");
  const wait = Number(headers.find(([name]) => name.toLowerCase() === "retry-after")?.[1] ?? "60");
  const why = fault("unavailable", `it answered ${status}`, { retryAfterMs: 1000 * (Number.isInteger(wait) ? wait : 60) });
  return status === 429 || status >= 500 ? outcome(at, "retry", why) : outcome(at, "rejected", why);
}
