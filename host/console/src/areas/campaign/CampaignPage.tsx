/** One campaign: its brief, its preflight, how it goes, and who got what. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Flex, Tabs } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { Wall } from "@/parts/Fault";
import { useAction } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { Brief } from "./Brief";
import { BriefShown } from "./BriefShown";
import { Budget } from "./Budget";
import { Comments } from "./Comments";
import { Monitor } from "./Monitor";
import { People } from "./People";
import { Plan } from "./Plan";
import { Preflight } from "./Preflight";
import { campaignQuery } from "./questions";
import { LessonsThatFit } from "./review/LessonsTaught";
import { Review } from "./review/Review";
import { campaignMood, type Tab } from "./states";

const route = getRouteApi("/in/campaigns/$id");

export function CampaignPage() {
  const { id } = route.useParams();
  const asked = useQuery(campaignQuery(id));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Loaded campaign={asked.data} />;
}

function Loaded({ campaign }: { campaign: Schemas["Campaign"] }) {
  const { t, f, code } = useWords();
  const may = useMay();
  const navigate = route.useNavigate();
  const { tab } = route.useSearch();
  const draft = campaign.state === "draft";
  const shown: Tab = tab ?? (draft ? "brief" : "monitor");
  const go = (next: Tab) => void navigate({ search: { tab: next } });
  const editable = draft && may("campaign.write");
  const tabs: { key: Tab; label: string; children: React.ReactNode }[] = [
    { key: "brief", label: t("campaign.tab.brief"), children: editable ? <Brief key={campaign.id} campaign={campaign} /> : <BriefShown campaign={campaign} /> },
    // Their lists share the address's cursor: only the one in sight may read it.
    { key: "budget", label: t("campaign.tab.budget"), children: shown === "budget" && <Budget campaign={campaign} /> },
    { key: "plan", label: t("campaign.tab.plan"), children: shown === "plan" && <Plan campaign={campaign} /> },
    { key: "comments", label: t("campaign.tab.comments"), children: <Comments campaign={campaign.id} /> },
  ];
  if (draft) tabs.push({ key: "preflight", label: t("campaign.tab.preflight"), children: <Preflight campaign={campaign} /> });
  else {
    tabs.push({ key: "monitor", label: t("campaign.tab.monitor"), children: <Monitor campaign={campaign} /> });
    tabs.push({ key: "people", label: t("campaign.tab.people"), children: shown === "people" && <People campaign={campaign.id} /> });
  }
  if (!draft) tabs.push({ key: "review", label: t("campaign.tab.review"), children: <Review campaign={campaign} /> });
  else if (may("strategy.read")) tabs.push({ key: "review", label: t("campaign.tab.lessons"), children: <LessonsThatFit campaign={campaign.id} /> });
  const known = tabs.some((one) => one.key === shown) ? shown : tabs[0]?.key;
  return (
    <Page
      title={campaign.name}
      lead={
        <Flex gap={12} wrap align="center">
          <StateTag mood={campaignMood(campaign.state)}>{code("campaign.state", campaign.state)}</StateTag>
          <span className="mono">{campaign.code}</span>
          {campaign.launched_at && <span>{t("campaign.launchedAt", { at: f.time(campaign.launched_at) })}</span>}
          {campaign.finished_at && <span>{t("campaign.finishedAt", { at: f.time(campaign.finished_at) })}</span>}
        </Flex>
      }
      help={["campaign.help.brief", "budget.help", "plan.help.void", "exposures.help", "campaign.help.preflight", "campaign.help.ledger", "campaign.help.words"]}
      actions={<Actions campaign={campaign} onPreflight={() => go("preflight")} />}
    >
      <Tabs
        activeKey={known}
        onChange={(next) => go(next as Tab)}
        destroyOnHidden={false}
        items={tabs.map((one) => ({ ...one, children: <Wall>{one.children}</Wall> }))}
      />
    </Page>
  );
}

function Actions({ campaign, onPreflight }: { campaign: Schemas["Campaign"]; onPreflight: () => void }) {
  const { t } = useWords();
  const may = useMay();
  const { run, ask } = useAction();
  const queries = useQueryClient();
  const params = { params: { path: { id: campaign.id } } };
  const take = (next: Schemas["Campaign"]) => {
    queries.setQueryData(campaignQuery(campaign.id).queryKey, next);
    void queries.invalidateQueries({ queryKey: ["campaigns"] });
  };
  const pause = async () => take(await answer(api.POST("/api/v1/campaigns/{id}/pause", params)));
  const resume = async () => take(await answer(api.POST("/api/v1/campaigns/{id}/resume", params)));
  const cancel = async () => take(await answer(api.POST("/api/v1/campaigns/{id}/cancel", params)));
  const derive = async () => {
    await answer(api.POST("/api/v1/campaigns/{id}/exposures", params));
    await queries.invalidateQueries({ queryKey: ["jobs"] });
  };
  const { state } = campaign;
  return (
    <>
      {state === "draft" && may("campaign.read") && (
        <Button type="primary" onClick={onPreflight}>
          {t("campaign.toPreflight")}
        </Button>
      )}
      {(state === "past" || state === "finished") && may("measure.write") && (
        <Button title={t("exposures.what")} onClick={() => void run(derive, t("exposures.started"))}>
          {t("exposures.derive")}
        </Button>
      )}
      {state === "running" && may("campaign.launch") && <Button onClick={() => void run(pause, t("campaign.paused"), resume)}>{t("campaign.pause")}</Button>}
      {state === "paused" && may("campaign.launch") && (
        <Button type="primary" onClick={() => void run(resume, t("campaign.resumed"), pause)}>
          {t("campaign.resume")}
        </Button>
      )}
      {(state === "running" || state === "paused") && may("campaign.launch") && (
        <Button danger onClick={() => ask(t("campaign.cancelAsk", { name: campaign.name }), t("campaign.cancelWhat"), t("campaign.cancel"), cancel, true, t("campaign.keep"))}>
          {t("campaign.cancel")}
        </Button>
      )}
    </>
  );
}
