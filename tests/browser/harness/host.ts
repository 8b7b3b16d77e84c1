/** A host as people start it, on a copy of the demo's data that is thrown away afterwards. */
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Api, type Json } from "./api";
import { places, reports } from "./places";
import { freePort, ready, run, start, stop } from "./process";

export interface User {
  email: string;
  password: string;
  name: string;
}

const PASSWORD = "a pass phrase of some length 1";

export class Host {
  private child: ChildProcess | undefined;
  readonly api: Api;

  private constructor(
    readonly data: string,
    readonly port: number,
    private readonly log: string,
  ) {
    const token = readFileSync(join(data, "demo-token"), "utf8").trim();
    this.api = new Api(`http://127.0.0.1:${String(port)}`, token);
  }

  /** One that somebody else started, and will end. */
  static at({ data, port }: { data: string; port: number }): Host {
    return new Host(data, port, "");
  }

  /** On a copy of the demo's data: its year, its campaign, its plugins. */
  static async start(name: string): Promise<Host> {
    if (!existsSync(places.host)) throw new Error(`there is no host at ${places.host}: cargo build, or set RIALTO_BIN`);
    if (!existsSync(join(places.demo, "demo-token"))) throw new Error(`${places.demo} has no demo in it: cargo xtask demo --exit, or set RIALTO_DEMO_DATA`);
    const data = join(mkdtempSync(join(reports("data"), `${name}-`)), "data");
    await run("cp", ["-a", "--reflink=auto", "--sparse=always", places.demo, data]);
    const host = new Host(data, await freePort(), join(reports("logs"), `${name}.log`));
    // A copy of a database sends nothing until somebody says that it is the one.
    await host.command(["host", "confirm"]);
    await host.again();
    return host;
  }

  /** Where a browser finds it. */
  get base(): string {
    return this.api.base;
  }

  /** Start it (again) on the same data and port. */
  async again(): Promise<void> {
    this.child = start(places.host, ["serve", "--data", this.data, "--listen", `127.0.0.1:${String(this.port)}`], this.log);
    await ready(`${this.api.base}/readyz`, this.child, this.log);
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    if (this.child) await stop(this.child, "SIGKILL");
  }

  async end(): Promise<void> {
    if (!this.child) return;
    await stop(this.child);
    rmSync(join(this.data, ".."), { recursive: true, force: true });
  }

  /** `rialto …` on its data. */
  async command(args: string[], input = ""): Promise<Json> {
    const said = await run(places.host, [...args, "--data", this.data, "--json"], input);
    return (said.trim() ? JSON.parse(said) : {}) as Json;
  }

  /** Somebody who can sign in. */
  async user(name: string, role = "admin"): Promise<User> {
    const email = `${name.toLowerCase().replace(/\W+/g, ".")}@example.com`;
    await this.command(["user", "create", "--email", email, "--name", name, "--role", role, "--password-stdin"], PASSWORD);
    return { email, password: PASSWORD, name };
  }
}
