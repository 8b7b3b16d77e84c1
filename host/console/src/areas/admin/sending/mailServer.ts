/** A mail server as its form holds it, and what of it the API is told. */
import type { Schemas } from "@/api/client";

type Server = Schemas["MailServer"];

export type ServerValues = Pick<Server, "name" | "host" | "port" | "security"> &
  Partial<Pick<Server, "username" | "connections" | "rate_per_second" | "bounce_domain" | "dkim_domain" | "dkim_selector">> & {
    password?: string;
    password_taken?: boolean;
    dkim_key?: string;
    dkim_key_taken?: boolean;
  };

export function serverValues(server: Server): ServerValues {
  const { name, host, port, security, username, connections, rate_per_second, bounce_domain, dkim_domain, dkim_selector } = server;
  return { name, host, port, security, username, connections, rate_per_second: rate_per_second ?? null, bounce_domain, dkim_domain, dkim_selector };
}

/** A secret that was not typed is left out, so that it stays; an empty text takes it away. No rate is a rate of 0. */
export function changeOf(values: ServerValues): Schemas["MailServerChange"] {
  const { password, password_taken, dkim_key, dkim_key_taken, rate_per_second, ...rest } = values;
  const secret = (typed: string | undefined, taken: boolean | undefined) => (taken ? "" : typed || undefined);
  const change: Schemas["MailServerChange"] = { ...rest, rate_per_second: rate_per_second ?? 0 };
  const secrets = { password: secret(password, password_taken), dkim_key: secret(dkim_key, dkim_key_taken) };
  if (secrets.password !== undefined) change.password = secrets.password;
  if (secrets.dkim_key !== undefined) change.dkim_key = secrets.dkim_key;
  return change;
}
