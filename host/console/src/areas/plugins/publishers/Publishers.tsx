/** Whom the workspace trusts to sign packages, what is revoked, and what becomes of the rest. */
import { useWords } from "@/words";
import { Page } from "@/parts/Page";
import { PluginTabs } from "../PluginTabs";
import { Keys } from "./Keys";
import { Policy } from "./Policy";
import { Revocations } from "./Revocations";

export function Publishers() {
  const { t } = useWords();
  return (
    <Page title={t("plugin.publishers")} lead={t("trust.lead")} help={["trust.help.keys", "trust.help.policy", "trust.help.revoke"]}>
      <PluginTabs at="publishers" />
      <Policy />
      <Keys />
      <Revocations />
    </Page>
  );
}
