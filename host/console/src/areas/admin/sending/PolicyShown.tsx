/** A part of a delivery policy as sentences, where it is read and not written. */
import { useWords } from "@/words";
import type { Part, Rules } from "./policy";

export function PolicyShown({ part, rules }: { part: Part; rules: Rules }) {
  const { t } = useWords();
  const lines = useLines(part, rules);
  if (lines.length === 0) return <p>{t(`admin.none.${part}`)}</p>;
  return (
    <ul className="policy-lines">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function useLines(part: Part, rules: Rules): string[] {
  const { t, f } = useWords();
  const on = (channel: string | null | undefined) => channel ?? t("admin.everyChannel");
  switch (part) {
    case "caps":
      return (rules.caps ?? []).map((cap) => t("admin.capLine", { sends: cap.sends, days: cap.days, channel: on(cap.channel), topic: cap.topic ?? t("admin.everyTopic") }));
    case "quiet_hours": {
      const quiet = rules.quiet_hours;
      return quiet ? [t("admin.quietLine", { from: quiet.from, to: quiet.to, channels: quiet.channels?.length ? quiet.channels.join(", ") : t("admin.everyChannel") })] : [];
    }
    case "barred":
      return (rules.barred ?? []).map((one) => t("admin.barredLine", { region: one.region, channel: on(one.channel) }));
    case "auto_pause": {
      const { hard_bounces = 0, complaints = 0, after = 0 } = rules.auto_pause ?? {};
      return [
        ...(hard_bounces > 0 ? [t("admin.pauseBounces", { share: f.percent(hard_bounces), n: after })] : []),
        ...(complaints > 0 ? [t("admin.pauseComplaints", { share: f.percent(complaints), n: after })] : []),
      ];
    }
  }
}
