/** The host that all files of tests share, but for those that need one of their own: copied and started once. */
import type { TestProject } from "vitest/node";
import { Host, type User } from "./host";

declare module "vitest" {
  interface ProvidedContext {
    shared: { data: string; port: number; admin: User };
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const host = await Host.start("shared");
  project.provide("shared", { data: host.data, port: host.port, admin: await host.user("Vera Admin") });
  return () => host.end();
}
