/** The steps that are open to a version in its state: approve, try beside, serve, release, remove. */
import { useNavigate } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { useAction } from "@/parts/forms";
import { useWords } from "@/words";
import { useTaken } from "../questions";
import { StepDialog, type Step } from "./StepDialog";

interface Props {
  installation: Schemas["Installation"];
  version: Schemas["InstallationVersion"];
  /** In a table: only what moves it on; the rest is on its page. */
  short?: boolean;
}

/** Where a version that is approved stands: it may try or serve. */
const READY = ["approved", "superseded", "shadow"];
/** Where it neither serves nor tries. */
const IDLE = ["waiting", "approved", "superseded", "quarantined", "disabled"];

export function Steps({ installation, version, short = false }: Props) {
  const { t } = useWords();
  const may = useMay();
  const { ask } = useAction();
  const [step, setStep] = useState<Step>();
  const taken = useTaken();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const params = { params: { path: { id: installation.id, version: version.id } } };
  const release = () => taken(answer(api.POST("/api/v1/installations/{id}/versions/{version}/release", params)));
  const stop = () => taken(answer(api.POST("/api/v1/installations/{id}/rollback", { params: { path: { id: installation.id } } })));
  const remove = async () => {
    await api.DELETE("/api/v1/installations/{id}/versions/{version}", params);
    await navigate({ to: "/plugins/$id", params: { id: installation.id }, search: { tab: "versions" } });
    await queries.invalidateQueries({ queryKey: ["installations"] });
  };
  const named = { name: installation.name, version: version.version };
  const { state } = version;
  const beside = installation.active !== null && installation.active !== undefined;
  const revoked = Boolean(version.revoked);
  return (
    <>
      {!short && may("plugins.write") && IDLE.includes(state) && (
        <Button danger onClick={() => ask(t("plugin.removeAsk", named), t("plugin.removeWhat"), t("plugin.remove"), remove)}>
          {t("plugin.remove")}
        </Button>
      )}
      {may("plugins.approve") && !revoked && (
        <>
          {state === "waiting" && !short && <Button onClick={() => setStep("approve")}>{t("plugin.approve")}</Button>}
          {state === "waiting" && !short && beside && !installation.canary && <Button onClick={() => setStep("approve-canary")}>{t("plugin.approveCanary")}</Button>}
          {state === "waiting" && !short && (
            <Button type="primary" onClick={() => setStep("approve-serve")}>
              {t("plugin.approveServe")}
            </Button>
          )}
          {READY.includes(state) && beside && !installation.canary && <Button onClick={() => setStep("canary")}>{t("plugin.canary")}</Button>}
          {state === "canary" && <Button onClick={() => ask(t("plugin.stopCanaryAsk", named), t("plugin.stopCanaryWhat"), t("plugin.stopCanary"), stop)}>{t("plugin.stopCanary")}</Button>}
          {[...READY, "canary"].includes(state) && (
            <Button type="primary" onClick={() => setStep("activate")}>
              {t("plugin.activate")}
            </Button>
          )}
          {state === "quarantined" && <Button onClick={() => ask(t("plugin.releaseAsk", named), t("plugin.releaseWhat"), t("plugin.release"), release)}>{t("plugin.release")}</Button>}
        </>
      )}
      {step && <StepDialog step={step} installation={installation} version={version} onClose={() => setStep(undefined)} />}
    </>
  );
}
