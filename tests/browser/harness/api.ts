/** A plain client of the API: what a journey prepares or looks up, never what it is about. */

export type Json = Record<string, any>;

export class Api {
  constructor(
    readonly base: string,
    private readonly token: string,
  ) {}

  get(path: string): Promise<Json> {
    return this.send("GET", path);
  }

  post(path: string, body: unknown = {}): Promise<Json> {
    return this.send("POST", path, JSON.stringify(body));
  }

  patch(path: string, body: unknown): Promise<Json> {
    return this.send("PATCH", path, JSON.stringify(body));
  }

  put(path: string, body: unknown): Promise<Json> {
    return this.send("PUT", path, JSON.stringify(body));
  }

  upload(path: string, type: string, body: string | Uint8Array<ArrayBuffer>): Promise<Json> {
    return this.send("POST", path, body, type);
  }

  /** Every item of a list. */
  async all(path: string): Promise<Json[]> {
    const items: Json[] = [];
    let cursor = "";
    do {
      const page = await this.get(`${path}${path.includes("?") ? "&" : "?"}limit=200${cursor}`);
      items.push(...(page.items as Json[]));
      cursor = page.next ? `&cursor=${String(page.next)}` : "";
    } while (cursor);
    return items;
  }

  /** The item of a list that has this in this field. */
  async find(path: string, field: string, value: string): Promise<Json> {
    const found = (await this.all(path)).find((one) => one[field] === value);
    if (!found) throw new Error(`${path} has nothing with ${field} = ${value}`);
    return found;
  }

  /** Ask again until the answer is as wished. */
  async until(path: string, wished: (answer: Json) => boolean, patienceMs = 120_000): Promise<Json> {
    const end = Date.now() + patienceMs;
    for (;;) {
      const answer = await this.get(path);
      if (wished(answer)) return answer;
      if (Date.now() > end) throw new Error(`${path} is still ${JSON.stringify(answer).slice(0, 500)}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  private async send(method: string, path: string, body?: string | Uint8Array<ArrayBuffer>, type = "application/json"): Promise<Json> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.token}` };
    if (body !== undefined) headers["content-type"] = type;
    const answer = await fetch(`${this.base}/api/v1${path}`, { method, headers, body: body ?? null });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${text}`);
    return (text ? JSON.parse(text) : {}) as Json;
  }
}
