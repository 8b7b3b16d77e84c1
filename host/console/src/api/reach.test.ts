import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answer, api } from "./client";
import { reach } from "./reach";

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  reach.reset();
});

/** A host that is away for some calls, and then answers. */
function host(awayFor: number) {
  const seen: { url: string; key: string | null; body: string }[] = [];
  vi.stubGlobal("fetch", async (asked: Request | string) => {
    const request = asked instanceof Request ? asked : new Request(`http://localhost${asked}`);
    seen.push({ url: new URL(request.url).pathname, key: request.headers.get("idempotency-key"), body: await request.clone().text() });
    if (seen.length <= awayFor) throw new TypeError("connection refused");
    return json(200, { id: "made" });
  });
  return seen;
}

test("what was being sent while the host restarts is sent once it is back, under the same key", async () => {
  const seen = host(3);
  const asked = answer(api.POST("/api/v1/campaigns", { baseUrl: "http://localhost", body: { name: "typed" } }));
  await vi.advanceTimersByTimeAsync(0);
  expect(reach.isAway()).toBe(true);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await asked).toEqual({ id: "made" });
  expect(reach.isAway()).toBe(false);
  const sent = seen.filter((one) => one.url === "/api/v1/campaigns");
  expect(sent.map((one) => one.body)).toEqual(['{"name":"typed"}', '{"name":"typed"}']);
  expect(sent[0]?.key).toBeTruthy();
  expect(sent[0]?.key).toBe(sent[1]?.key);
});

test("a question fails at once, and the host is asked until it answers", async () => {
  host(2);
  await expect(answer(api.GET("/api/v1/workspace", { baseUrl: "http://localhost" }))).rejects.toMatchObject({ status: 0 });
  expect(reach.isAway()).toBe(true);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reach.isAway()).toBe(false);
});

test("patience has an end: what was being sent is refused, and stays with the form", async () => {
  host(Infinity);
  const asked = answer(api.POST("/api/v1/campaigns", { baseUrl: "http://localhost", body: { name: "typed" } }));
  const refused = expect(asked).rejects.toMatchObject({ status: 0 });
  await vi.advanceTimersByTimeAsync(130_000);
  await refused;
});

test("a bare 502 of something before the host is silence; the host's own refusal is not", async () => {
  vi.stubGlobal("fetch", async () => new Response("Bad Gateway", { status: 502 }));
  await expect(answer(api.GET("/api/v1/workspace", { baseUrl: "http://localhost" }))).rejects.toMatchObject({ status: 0 });
  expect(reach.isAway()).toBe(true);
  reach.reset();
  vi.stubGlobal("fetch", async () => json(503, { type: "x", code: "busy", title: "Busy", status: 503, detail: "later" }));
  await expect(answer(api.GET("/api/v1/workspace", { baseUrl: "http://localhost" }))).rejects.toMatchObject({ status: 503 });
  expect(reach.isAway()).toBe(false);
});
