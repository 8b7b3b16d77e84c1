/** The one door to the API: typed by its document, in the chosen language, refusals thrown as `ProblemError`. */
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";
import { spoken } from "./language";
import { bare, ProblemError, problemOf } from "./problem";
import { reach, silence, spokenByOther } from "./reach";
import { session } from "./session";

export type Schemas = components["schemas"];

/** What was sent, to be sent again after a new sign-in: a body can be read only once. */
const sent = new WeakMap<Request, Request>();

const rules: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", spoken());
    // A POST that is sent again (after a new sign-in, over a bad line) is done once.
    if (request.method === "POST") request.headers.set("Idempotency-Key", key());
    sent.set(request, request.clone());
  },
  async onResponse({ request, response, schemaPath }) {
    if (response.ok) return;
    if (response.status === 401 && session.isKnown() && schemaPath !== "/api/v1/sessions") {
      const again = sent.get(request);
      if (again && (await session.untilSignedIn())) {
        const second = await fetch(again.clone());
        if (second.ok) return second;
        throw new ProblemError(await problemOf(second));
      }
    }
    const refusal = new ProblemError(await problemOf(response));
    if (!spokenByOther(refusal)) throw refusal;
    reach.lost();
    return onceBack(request);
  },
  async onError({ request, error }) {
    if (error instanceof ProblemError || (error instanceof DOMException && error.name === "AbortError")) return;
    reach.lost();
    return onceBack(request);
  },
};

/**
 * A change waits until the host answers and is then sent once more: a POST under the same key,
 * the others do the same twice over. A question fails at once; whoever asked asks again.
 */
async function onceBack(request: Request): Promise<Response> {
  const again = sent.get(request);
  if (request.method === "GET" || !again || !(await reach.untilBack())) throw silence();
  try {
    const second = await globalThis.fetch(again.clone());
    if (second.ok) return second;
    throw new ProblemError(await problemOf(second));
  } catch (error) {
    throw error instanceof ProblemError ? error : silence();
  }
}

/** `crypto.randomUUID` is missing where the host is reached by plain http in a house's network. */
function key(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The fetch of the moment, so that tests can stand in for the network.
export const api = createClient<paths>({ fetch: (request: Request) => globalThis.fetch(request) });
api.use(rules);

/** The header that makes a change refuse to run over another's. */
export function ifMatch(version: number): { "If-Match": string } {
  return { "If-Match": `"${version}"` };
}

/** The answer, where the types say that there may be none. */
export async function answer<T>(asked: Promise<{ data?: T }>): Promise<NonNullable<T>> {
  const { data } = await asked;
  if (data === undefined || data === null) throw new ProblemError(bare(502, ""));
  return data;
}
