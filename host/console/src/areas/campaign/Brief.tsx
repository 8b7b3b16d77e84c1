/** The brief of a draft: what for, for whom, with what, by when and for how much. Saved against its version. */
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Flex, Form } from "antd";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { differing, useConflict } from "@/parts/conflict";
import { LeaveGuard, useSubmit } from "@/parts/forms";
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
export type BriefValues = Pick<Patch, (typeof FIELDS)[number]>;

export function Brief({ campaign }: { campaign: Campaign }) {
  const { t } = useWords();
  const [form] = Form.useForm<BriefValues>();
  const [dirty, setDirty] = useState(false);
  const [base, setBase] = useState(campaign);
  const queries = useQueryClient();
  const { message } = App.useApp();

  const show = useBriefWords(campaign.currency);
  const at = { params: { path: { id: campaign.id } } };
  const { save, dialog } = useConflict<Campaign>({
    send: (version) => answer(api.PATCH("/api/v1/campaigns/{id}", { ...at, headers: ifMatch(version), body: clean(form.getFieldsValue()) })),
    read: () => answer(api.GET("/api/v1/campaigns/{id}", at)),
    differences: (theirs) => differing(FIELDS, form.getFieldsValue(), pick(theirs), (field) => t(`campaign.field.${field}`), show),
    taken: (held, whose) => {
      setBase(held);
      setDirty(false);
      queries.setQueryData(campaignQuery(campaign.id).queryKey, held);
      void queries.invalidateQueries({ queryKey: ["campaigns"] });
      if (whose === "mine") void message.success(t("form.saved"));
      else form.setFieldsValue(pick(held) as never);
    },
  });
  const { busy, submit, alert } = useSubmit(form, () => save(base.version));

  return (
    <>
      <LeaveGuard dirty={dirty} />
      <Form<BriefValues>
        form={form}
        layout="vertical"
        initialValues={pick(base)}
        onValuesChange={() => setDirty(true)}
        onFinish={(values) => void submit(values)}
        disabled={busy}
        scrollToFirstError
      >
        {alert}
        <div className="two">
          <BriefFields currency={campaign.currency} />
          <div>
            <Card title={t("campaign.messages")} className="panel">
              <MessageFields />
            </Card>
            <Card title={t("campaign.goals")} className="panel">
              <GoalFields />
            </Card>
          </div>
        </div>
        <Flex gap={8}>
          <Button type="primary" htmlType="submit" loading={busy} disabled={!dirty}>
            {t("form.save")}
          </Button>
        </Flex>
      </Form>
      {dialog}
    </>
  );
}

function pick(campaign: Campaign): BriefValues {
  return Object.fromEntries(FIELDS.map((field) => [field, campaign[field]]));
}

/** An empty choice is left out: the API takes a missing field as "as it was". */
function clean(values: BriefValues): BriefValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}
