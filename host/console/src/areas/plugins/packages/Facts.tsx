/** The facts of a package: whose it is, what made it, how large, where it came from, who signed it. */
import { Descriptions, Flex } from "antd";
import type { Schemas } from "@/api/client";
import { useActor } from "@/api/actor";
import { useWords } from "@/words";
import { listOf, type Producer } from "../shapes";
import { webAddress } from "./markdown";
import { Trust } from "./Trust";

type Package = Schemas["PluginPackage"];

export function Facts({ kept }: { kept: Package }) {
  const { t, f, code } = useWords();
  const who = useActor();
  const roles = kept.roles.map((role) => {
    const abilities = role.abilities.map((one) => code("ability", `${role.kind}.${one}`)).join(", ");
    return `${code("plugin.kind", role.kind)}${abilities ? ` (${abilities})` : ""}`;
  });
  const made = listOf<Producer>(kept.producers).map((one) => `${one.name} ${one.version}`.trim());
  return (
    <Descriptions
      column={{ xs: 1, sm: 1, md: 1, lg: 1, xl: 2, xxl: 2 }}
      size="small"
      items={[
        { key: "plugin", label: t("plugin.plugin"), children: <span className="mono">{kept.plugin}</span> },
        { key: "version", label: t("plugin.version"), children: kept.version },
        { key: "roles", label: t("plugin.kinds"), children: <Flex vertical>{roles.map((role) => <span key={role}>{role}</span>)}</Flex> },
        { key: "size", label: t("import.size"), children: f.bytes(kept.bytes) },
        { key: "runtime", label: t("plugin.runtime"), children: code("runtime", kept.runtime) },
        { key: "made", label: t("plugin.producers"), children: made.join(", ") || "—" },
        { key: "sdk", label: t("plugin.sdk"), children: kept.sdk ?? "—" },
        { key: "licence", label: t("plugin.licence"), children: kept.licence ?? "—" },
        { key: "trust", label: t("plugin.signature"), children: <Trust kept={kept} /> },
        { key: "origin", label: t("plugin.origin"), children: <Origin kept={kept} /> },
        { key: "homepage", label: t("plugin.homepage"), children: <Homepage address={kept.homepage} /> },
        ...(kept.created_at ? [{ key: "created", label: t("plugin.uploaded"), children: t("plugin.uploadedBy", { at: f.time(kept.created_at), by: who(kept.created_by) }) }] : []),
        { key: "digest", label: t("plugin.digest"), children: <span className="mono">{kept.digest}</span> },
        ...(kept.manifest_derived ? [{ key: "derived", label: t("plugin.manifest"), children: t("plugin.manifestDerived") }] : []),
      ]}
    />
  );
}

function Origin({ kept }: { kept: Package }) {
  const { code } = useWords();
  const { origin } = kept;
  if (!origin) return <>—</>;
  return (
    <Flex vertical>
      <span>{code("origin", origin.kind)}</span>
      {origin.reference && <span className="mono">{origin.reference}</span>}
      {origin.resolved && <span className="mono">{origin.resolved}</span>}
    </Flex>
  );
}

/** A stranger's address: only of the web, and it learns nothing of where people came from. */
function Homepage({ address }: { address: string | null | undefined }) {
  const to = webAddress(address ?? "");
  if (!to) return <>{address ?? "—"}</>;
  return (
    <a href={to} target="_blank" rel="noopener noreferrer nofollow">
      {to}
    </a>
  );
}
