/** A real SMTP server with a window on what it took in (maildev, as in the demo). */
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { places, reports } from "./places";
import { freePort, ready, start, stop } from "./process";
import { SlowLine } from "./slow-line";

export interface Mail {
  to: { address: string }[];
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
}

const TRIES = 240;

export class MailServer {
  private constructor(
    /** The line that leads there, to be slowed down. */
    readonly line: SlowLine,
    private readonly web: string,
    private readonly folder: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<MailServer> {
    const [smtp, web] = [await freePort(), await freePort()];
    const log = join(reports("logs"), "maildev.log");
    const folder = mkdtempSync(join(reports("data"), "mails-"));
    const child = start(places.maildev, ["--ip", "127.0.0.1", "--smtp", String(smtp), "--web", String(web), "--mail-directory", folder], log);
    await ready(`http://127.0.0.1:${String(web)}/healthz`, child, log);
    return new MailServer(await SlowLine.to(smtp), `http://127.0.0.1:${String(web)}`, folder, child);
  }

  async mails(): Promise<Mail[]> {
    return (await (await fetch(`${this.web}/email`)).json()) as Mail[];
  }

  /** The mail to this address, once it is there: the server takes it in first and reads it afterwards. */
  async to(address: string): Promise<Mail> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const found = (await this.mails()).find((mail) => mail.to[0]?.address === address);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(`no mail came to ${address}`);
  }

  /** Forget what came so far. */
  async clear(): Promise<void> {
    await fetch(`${this.web}/email/all`, { method: "DELETE" });
  }

  async end(): Promise<void> {
    await this.line.end();
    await stop(this.child);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
