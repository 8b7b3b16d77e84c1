// What a plugin needs beside the contract: settings, faults, documents, rankings.
// It imports nothing of the host, so that plain Node tests can use it too.

/** A fault: throw it from any function of the contract that may fail. */
export function fault(code, message, { retryAfterMs = null, details = {} } = {}) {
  const named = Object.entries(details).map(([name, value]) => [name, JSON.stringify(value)]);
  return { code, message, retryAfterMs, details: named };
}

/** Read settings or parameters: a JSON object, or a fault that says what is wrong. */
export function read(what, text) {
  const code = what === "settings" ? "bad-settings" : "invalid-input";
  let value;
  try {
    value = JSON.parse(text.trim() === "" ? "{}" : text);
  } catch {
    throw fault(code, `the ${what} are not JSON`);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw fault(code, `the ${what} are no JSON object`);
  }
  return value;
}

/** A text of the settings or parameters that must be there. */
export function text(what, all, name) {
  const value = all[name];
  if (typeof value !== "string" || value === "") {
    throw fault(what === "settings" ? "bad-settings" : "invalid-input", `\`${name}\` must be a text`);
  }
  return value;
}

/** A text as UTF-8, for the body of a request: the engine inside has no TextEncoder. */
export function bytes(text) {
  const out = [];
  for (const letter of text) {
    const code = letter.codePointAt(0);
    if (code < 0x80) out.push(code);
    else if (code < 0x800) out.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) out.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else out.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return new Uint8Array(out);
}

/** An option bag of a plain object. */
export function options(all) {
  return Object.entries(all).map(([name, value]) => [name, JSON.stringify(value)]);
}

/** A question to the metrics catalogue. */
export function question(metric, { by = [], where = {}, start = null, end = null } = {}) {
  return { metric, by, where: Object.entries(where), start, end, options: [] };
}

/**
 * The rows of an answer: `{ keys, value }`; `value` is null where it is withheld,
 * because fewer than five people stand behind it. A missing answer has no rows.
 */
export function rows(answer) {
  if (!answer || answer.tag === "err") return [];
  const { keys, values, hidden } = answer.val;
  const width = values.length === 0 ? 0 : keys.length / values.length;
  return Array.from(values, (value, at) => ({
    keys: keys.slice(at * width, (at + 1) * width),
    value: hidden[at] || !Number.isFinite(value) ? null : value,
  }));
}

/** A document, written block by block. Text is plain, never markup. */
export class Document {
  constructor(title) {
    this.title = title;
    this.blocks = [];
    this.options = [];
  }

  push(kind, text, columns = [], more = {}) {
    this.blocks.push({ kind, text, columns, options: options(more) });
    return this;
  }

  heading(level, text) {
    return this.push("heading", text, [], { level });
  }

  text(text) {
    return this.push("text", text);
  }

  /** One number that stands out. */
  figure(name, title, unit, number) {
    return this.push("figure", title, [numbers(name, title, unit, [number])]);
  }

  table(text, columns) {
    return this.push("table", text, columns);
  }

  /** `mark` is bar, line, area or pie. */
  chart(text, mark, x, y, columns) {
    return this.push("chart", text, columns, { mark, x, y });
  }

  /** `tone` is info or warning. */
  callout(tone, text) {
    return this.push("callout", text, [], { tone });
  }
}

/** A column of texts. */
export function texts(name, title, list) {
  return { name, title, unit: "text", texts: list, numbers: [] };
}

/** A column of numbers with their unit: count, ratio, money:EUR … */
export function numbers(name, title, unit, list) {
  return { name, title, unit, texts: [], numbers: list };
}

/** A column of candidates, by its name: a function of the candidate's index. */
export function column(columns, name) {
  const found = columns.find((one) => one.name === name);
  return (at) => found?.values[at];
}

/** Best first; equal scores keep the order of the candidates. */
export function bestFirst(ranked) {
  return ranked.sort((one, other) => other.score - one.score || one.candidate - other.candidate);
}

/** An outcome of a delivery, by its index. */
export function outcome(delivery, status, why = null) {
  return { delivery, status, providerId: null, fault: why, options: [] };
}
