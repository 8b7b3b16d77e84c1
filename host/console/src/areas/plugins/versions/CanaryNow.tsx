/** The canary that runs: its figures beside those of the version that serves, and what it must hold for. */
import { Alert, Flex, Progress } from "antd";
import type { Schemas } from "@/api/client";
import { Chart } from "@/parts/Chart";
import { useWords } from "@/words";
import { Steps } from "./Steps";

interface Props {
  installation: Schemas["Installation"];
  canary: Schemas["Canary"];
  candidate: Schemas["InstallationVersion"];
}

export function CanaryNow({ installation, canary, candidate }: Props) {
  const { t, f } = useWords();
  const { new: now, old, terms, verdict } = canary;
  const mean = (figures: Schemas["CanaryFigures"]) => (figures.runs > 0 ? figures.cpu_us / figures.runs : null);
  const wanted = terms.runs ?? 0;
  const minutes = Math.round((terms.seconds ?? 0) / 60);
  const counts = [t("plugin.runsShort"), t("plugin.failed"), t("plugin.wrong")];
  const values = (figures: Schemas["CanaryFigures"]) => [figures.runs, figures.failed, figures.wrong];
  return (
    <>
      <Alert
        type={canary.state === "held" ? "warning" : "info"}
        showIcon
        className="banner"
        title={canary.state === "held" ? t("canary.heldNow") : t("plugin.canaryTerms", { percent: terms.percent ?? 0, runs: wanted, minutes })}
        description={verdict?.detail}
        action={
          <Flex gap={8} wrap>
            <Steps installation={installation} version={candidate} />
          </Flex>
        }
      />
      {wanted > 0 && (
        <Flex gap={12} align="center" className="panel">
          <span>{t("canary.progress", { done: now.runs, total: wanted })}</span>
          <Progress style={{ maxWidth: 360 }} percent={Math.min(100, Math.floor((100 * now.runs) / wanted))} aria-label={t("canary.progress", { done: now.runs, total: wanted })} />
        </Flex>
      )}
      <Chart
        title={t("plugin.canaryRuns")}
        name="canary"
        kind="bar"
        by={t("plugin.figure")}
        height={220}
        categories={counts}
        series={[
          { name: t("canary.candidate", { version: candidate.version }), values: values(now) },
          { name: t("canary.beside", { version: installation.active?.version ?? "—" }), values: values(old) },
        ]}
        show={(value) => f.number(value)}
      />
      <p>{t("canary.cost", { candidate: took(mean(now)), old: took(mean(old)) })}</p>
    </>
  );

  function took(us: number | null): string {
    return us === null ? "—" : f.took(Math.round(us));
  }
}
