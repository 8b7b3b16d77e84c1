/** The brief of a draft: what for, for whom, with what, by when and for how much. Saved against its version. */
import { useQueryClient } from "@tanstack/react-query";
import { Card } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { EditForm, useEdit } from "@/parts/edit";
import { useWords } from "@/words";
import { BriefFields } from "./BriefFields";
import { useBriefWords } from "./briefWords";
import { GoalFields } from "./GoalFields";
import { MessageFields } from "./MessageFields";
import { campaignQuery } from "./questions";

type Campaign = Schemas["Campaign"];
type Patch = Schemas["CampaignPatch"];

const FIELDS = ["name", "kind", "objective", "segment", "topic", "experiment", "messages", "goals", "starts_at", "ends_at", "budget_minor", "unit_cost_minor", "on_uncertain"] as const;

/** The fields of the brief that a form holds. */
type BriefValues = Pick<Patch, (typeof FIELDS)[number]>;

export function Brief({ campaign }: { campaign: Campaign }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const show = useBriefWords(campaign.currency);
  const at = { params: { path: { id: campaign.id } } };
  const edit = useEdit<Campaign, BriefValues>({
    held: campaign,
    pick,
    names: Object.fromEntries(FIELDS.map((field) => [field, t(`campaign.field.${field}`)])),
    show: (field, value) => show(value, field),
    save: (version, values) => answer(api.PATCH("/api/v1/campaigns/{id}", { ...at, headers: ifMatch(version), body: clean(values) })),
    read: () => answer(api.GET("/api/v1/campaigns/{id}", at)),
    onSaved: (next) => {
      queries.setQueryData(campaignQuery(campaign.id).queryKey, next);
      void queries.invalidateQueries({ queryKey: ["campaigns"] });
    },
  });
  return (
    <EditForm of={edit}>
      <div className="two">
        <BriefFields currency={campaign.currency} rule={campaign.rule} />
        <div>
          <Card title={t("campaign.messages")} className="panel">
            <MessageFields />
          </Card>
          <Card title={t("campaign.goals")} className="panel">
            <GoalFields />
          </Card>
        </div>
      </div>
    </EditForm>
  );
}

function pick(campaign: Campaign): BriefValues {
  return Object.fromEntries(FIELDS.map((field) => [field, campaign[field]]));
}

/** An empty choice is left out: the API takes a missing field as "as it was". */
function clean(values: BriefValues): BriefValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}
