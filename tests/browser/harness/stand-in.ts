/** Serves the built console before a host that has none inside; only where RIALTO_CONSOLE_STAND_IN says so. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { places } from "./places";

const KINDS: Record<string, string> = { ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml" };

export class StandIn {
  private constructor(
    readonly base: string,
    private readonly server: Server,
  ) {}

  static async where(port: number): Promise<StandIn | undefined> {
    if (!process.env.RIALTO_CONSOLE_STAND_IN) return undefined;
    const server = createServer((asked, answer) => ((asked.url ?? "").startsWith("/console") ? page(asked, answer) : pass(port, asked, answer)));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("no port is free");
    return new StandIn(`http://127.0.0.1:${String(address.port)}`, server);
  }

  async end(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}

function page(asked: IncomingMessage, answer: ServerResponse) {
  const path = normalize(new URL(asked.url ?? "/", "http://x").pathname.replace(/^\/console\/?/, ""));
  const file = join(places.dist, path);
  if (path !== "." && path !== "index.html" && existsSync(file) && extname(file)) {
    const packed = existsSync(`${file}.br`);
    answer.writeHead(200, { "content-type": KINDS[extname(file)] ?? "application/octet-stream", ...(packed && { "content-encoding": "br" }), "cache-control": "public, max-age=31536000, immutable" });
    return answer.end(readFileSync(packed ? `${file}.br` : file));
  }
  const nonce = randomBytes(16).toString("base64");
  const policy = `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'`;
  answer.writeHead(200, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", "content-security-policy": policy, "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "no-referrer" });
  return answer.end(readFileSync(join(places.dist, "index.html"), "utf8").replaceAll("__NONCE__", nonce));
}

function pass(port: number, asked: IncomingMessage, answer: ServerResponse) {
  const onward = request({ host: "127.0.0.1", port, path: asked.url, method: asked.method, headers: asked.headers }, (got) => {
    answer.writeHead(got.statusCode ?? 502, got.headers);
    got.pipe(answer);
    // A host that is killed in the middle of an answer cuts the line, here as there.
    got.on("error", () => answer.destroy());
  });
  onward.on("error", () => answer.destroy());
  asked.pipe(onward);
  answer.on("close", () => onward.destroy());
}
