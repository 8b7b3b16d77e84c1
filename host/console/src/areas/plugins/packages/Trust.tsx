/** Who signed a package, and what the workspace makes of it. */
import { Flex, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { StateTag, type Mood } from "@/parts/StateTag";
import { useWords } from "@/words";
import { listOf, type Signed } from "../shapes";

const MOODS: Record<string, Mood> = { trusted: "good", unsigned: "warning", "unknown-key": "warning", "other-key": "bad", broken: "bad", revoked: "bad" };

export function TrustTag({ trust }: { trust: Schemas["PackageTrust"] }) {
  const { code } = useWords();
  return <StateTag mood={MOODS[trust.state] ?? "quiet"}>{code("signature", trust.state)}</StateTag>;
}

export function Trust({ kept }: { kept: Schemas["PluginPackage"] }) {
  const { t } = useWords();
  const signed = listOf<Signed>(kept.signatures);
  return (
    <Flex vertical gap={4} align="start">
      {kept.trust && <TrustTag trust={kept.trust} />}
      {kept.trust?.detail && <Typography.Text type="secondary">{kept.trust.detail}</Typography.Text>}
      {signed.map((one) => (
        <span key={one.key} className="mono">
          {one.intact ? t("plugin.signedBy", { key: one.key }) : t("plugin.signedBroken", { key: one.key })}
        </span>
      ))}
    </Flex>
  );
}
