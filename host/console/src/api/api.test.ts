import { afterEach, expect, test, vi } from "vitest";
import { may } from "./me";
import { answer, api } from "./client";
import { namePath, ProblemError } from "./problem";
import { session } from "./session";

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": status < 400 ? "application/json" : "application/problem+json" } });

afterEach(() => {
  vi.unstubAllGlobals();
  session.gaveUp();
  session.end();
});

test("patterns of /me hold what they say and no more", () => {
  const me = { grants: [{ permissions: ["*.read", "campaign.launch"] }] };
  expect(may(me, "audience.read") && may(me, "campaign.launch")).toBe(true);
  expect(may(me, "campaign.write") || may(me, "plugins.approve")).toBe(false);
});

test("a field's path is the same in both of the API's ways", () => {
  expect(namePath("items[0].name")).toEqual(["items", 0, "name"]);
  expect(namePath("/items/0/name")).toEqual(["items", 0, "name"]);
});

test("a refusal is thrown with what the host says", async () => {
  vi.stubGlobal("fetch", async () => json(422, { type: "x", code: "invalid-input", title: "The input is not right", status: 422, detail: "name: too long" }));
  await expect(answer(api.GET("/api/v1/workspace"))).rejects.toMatchObject({ status: 422, message: "name: too long" });
});

test("what was sent when the session ended is sent again, once, under the same key", async () => {
  session.begin();
  const bodies: string[] = [];
  const keys: (string | null)[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    bodies.push(await request.clone().text());
    keys.push(request.headers.get("idempotency-key"));
    return bodies.length === 1 ? json(401, { type: "x", code: "unauthenticated", title: "Sign in first", status: 401, detail: "" }) : json(201, { id: "made" });
  });
  const asked = answer(api.POST("/api/v1/campaigns", { baseUrl: "http://localhost", body: { name: "typed" } }));
  await vi.waitFor(() => expect(session.isExpired()).toBe(true));
  session.signedInAgain();
  expect(await asked).toEqual({ id: "made" });
  expect(bodies).toEqual(['{"name":"typed"}', '{"name":"typed"}']);
  expect(keys[0]).toBeTruthy();
  expect(keys[0]).toBe(keys[1]);
});

test("giving up leaves the refusal", async () => {
  session.begin();
  vi.stubGlobal("fetch", async () => json(401, { type: "x", code: "unauthenticated", title: "Sign in first", status: 401, detail: "" }));
  const asked = answer(api.GET("/api/v1/workspace", { baseUrl: "http://localhost" }));
  const refused = expect(asked).rejects.toBeInstanceOf(ProblemError);
  await vi.waitFor(() => expect(session.isExpired()).toBe(true));
  session.gaveUp();
  await refused;
});
