/** What people may be written about, and which addresses never: topics and the suppression list. */
import { Page } from "@/parts/Page";
import { Wall } from "@/parts/Fault";
import { useWords } from "@/words";
import { AudienceTabs } from "../AudienceTabs";
import { Suppressions } from "./Suppressions";
import { Topics } from "./Topics";

export function ConsentPage() {
  const { t } = useWords();
  return (
    <Page title={t("audience.consent")} lead={t("consent.lead")} help={["consent.help.what", "consent.help.topics", "consent.help.suppression"]} terms={["consent", "topic", "suppression"]}>
      <AudienceTabs at="consent" />
      <Wall>
        <Topics />
      </Wall>
      <Wall>
        <Suppressions />
      </Wall>
    </Page>
  );
}
