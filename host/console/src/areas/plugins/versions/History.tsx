/** Every step a version took, when, by whom and why; and the canaries it was in. */
import { Timeline, Typography } from "antd";
import { useActor } from "@/api/actor";
import type { Schemas } from "@/api/client";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";
import { Canaries } from "./Canaries";

export function History({ version }: { version: Schemas["InstallationVersionDetail"] }) {
  const { t, f, code } = useWords();
  const who = useActor();
  if (version.steps.length === 0) return <Empty title={t("version.noSteps")} />;
  return (
    <>
      <Typography.Title level={2}>{t("version.steps")}</Typography.Title>
      <Timeline
        className="section"
        items={[...version.steps].reverse().map((step, at) => ({
          key: at,
          content: (
            <>
              <strong>{t("version.step", { from: code("plugin.state", step.from), to: code("plugin.state", step.to) })}</strong>
              <div>{step.reason}</div>
              <Typography.Text type="secondary">{t("version.stepBy", { at: f.time(step.at), by: who(step.by) })}</Typography.Text>
            </>
          ),
        }))}
      />
      {version.canaries.length > 0 && (
        <>
          <Typography.Title level={2}>{t("canary.history")}</Typography.Title>
          <Canaries canaries={version.canaries} />
        </>
      )}
    </>
  );
}
