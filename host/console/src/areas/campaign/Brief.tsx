/** The brief of a draft: what for, for whom, with what, by when and for how much. Saved against its version. */
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Flex, Form } from "antd";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { ProblemError } from "@/api/problem";
import { ConflictDialog, LeaveGuard, useAction, useSubmit, type Difference } from "@/parts/forms";
import { useWords } from "@/words";
import { BriefFields } from "./BriefFields";
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
  const [theirs, setTheirs] = useState<Campaign>();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const { failed } = useAction();

  async function send(version: number, values: BriefValues) {
    const next = await answer(
      api.PATCH("/api/v1/campaigns/{id}", { params: { path: { id: campaign.id } }, headers: ifMatch(version), body: values }),
    );
    setBase(next);
    setDirty(false);
    queries.setQueryData(campaignQuery(campaign.id).queryKey, next);
    void queries.invalidateQueries({ queryKey: ["campaigns"] });
    void message.success(t("form.saved"));
  }

  const { busy, submit, alert } = useSubmit(form, async (values: BriefValues) => {
    try {
      await send(base.version, values);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 412) throw error;
      // Somebody was quicker: fetch theirs, and let the person choose.
      setTheirs(await answer(api.GET("/api/v1/campaigns/{id}", { params: { path: { id: campaign.id } } })));
    }
  });

  return (
    <>
      <LeaveGuard dirty={dirty} />
      <Form<BriefValues>
        form={form}
        layout="vertical"
        initialValues={pick(base)}
        onValuesChange={() => setDirty(true)}
        onFinish={(values) => void submit(clean(values))}
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
      <ConflictDialog
        open={theirs !== undefined}
        differences={theirs ? differences(pick(theirs), form.getFieldsValue(), (field) => t(`campaign.field.${field}`)) : []}
        onTheirs={() => {
          if (!theirs) return;
          setBase(theirs);
          form.setFieldsValue(pick(theirs) as never);
          queries.setQueryData(campaignQuery(campaign.id).queryKey, theirs);
          setDirty(false);
          setTheirs(undefined);
        }}
        onMine={() => {
          if (!theirs) return;
          setTheirs(undefined);
          void send(theirs.version, clean(form.getFieldsValue())).catch(failed);
        }}
      />
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

function differences(theirs: BriefValues, mine: BriefValues, name: (field: (typeof FIELDS)[number]) => string): Difference[] {
  const shown = (value: unknown) => (value === undefined || value === null ? "—" : typeof value === "string" ? value : JSON.stringify(value, null, 1));
  return FIELDS.filter((field) => shown(theirs[field]) !== shown(mine[field])).map((field) => ({
    field: name(field),
    mine: shown(mine[field]),
    theirs: shown(theirs[field]),
  }));
}
