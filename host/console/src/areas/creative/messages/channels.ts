/** The channels there are, and the parts of a message that their connectors read, as these say it themselves. */
import { queryOptions } from "@tanstack/react-query";
import { answer, api, type Schemas } from "@/api/client";

type Installation = Schemas["Installation"];

export const installationsQuery = queryOptions({
  queryKey: ["installations", "choices"],
  queryFn: () => answer(api.GET("/api/v1/installations", { params: { query: { limit: 500 } } })),
});

/** A list of texts under a name of what a connector described; a plugin's word is not believed to be one. */
function told(installation: Installation, name: "channels" | "parts"): string[] {
  const described: unknown = installation.active?.described;
  if (typeof described !== "object" || described === null || !("connector" in described)) return [];
  const connector: unknown = described.connector;
  if (typeof connector !== "object" || connector === null || !(name in connector)) return [];
  const list: unknown = (connector as Record<string, unknown>)[name];
  return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
}

/** A mail can be written before there is somebody to carry it. */
export function channels(installations: Installation[]): string[] {
  return [...new Set(["email", ...installations.flatMap((one) => told(one, "channels"))])];
}

export function connectorParts(installations: Installation[], channel: string): string[] {
  return [...new Set(installations.filter((one) => told(one, "channels").includes(channel)).flatMap((one) => told(one, "parts")))];
}
