/** Aim, audience, time and money of a campaign. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Card, Form, Input, Radio, Select } from "antd";
import { RuleShown } from "@/areas/audience/segments/RuleShown";
import { InstantInput, MoneyInput } from "@/parts/fields";
import { useWords } from "@/words";
import { experimentsQuery, segmentsQuery, topicsQuery } from "./questions";

export function BriefFields({ currency, rule }: { currency: string; rule?: unknown }) {
  const { t } = useWords();
  const segments = useQuery(segmentsQuery);
  const topics = useQuery(topicsQuery);
  const experiments = useQuery(experimentsQuery);
  const choices = (items: { id: string; name: string }[] | undefined) => (items ?? []).map((one) => ({ value: one.id, label: one.name }));
  return (
    <div>
      <Card title={t("campaign.aim")} className="panel">
        <Form.Item name="name" label={t("campaign.name")} rules={[{ required: true, message: t("form.needed") }]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="objective" label={t("campaign.objective")} extra={t("campaign.objectiveHelp")}>
          <Input />
        </Form.Item>
        <Form.Item name="kind" label={t("campaign.kind")} extra={t("campaign.kindHelp")}>
          <Input />
        </Form.Item>
      </Card>
      <Card title={t("campaign.whom")} className="panel">
        {rule != null && (
          <Form.Item label={t("campaign.rule")} extra={t("campaign.ruleHelp")}>
            <RuleShown rule={rule} />
          </Form.Item>
        )}
        <Form.Item name="segment" label={t("campaign.segment")} extra={<Link to="/audience/segments/new">{t("campaign.segmentNew")}</Link>}>
          <Select showSearch={{ optionFilterProp: "label" }} loading={segments.isPending} options={choices(segments.data?.items)} />
        </Form.Item>
        <Form.Item name="topic" label={t("campaign.topic")} extra={t("campaign.topicHelp")}>
          <Select loading={topics.isPending} options={(topics.data?.items ?? []).map((one) => ({ value: one.code, label: one.name }))} />
        </Form.Item>
        <Form.Item name="experiment" label={t("campaign.experiment")} extra={t("campaign.experimentHelp")}>
          <Select loading={experiments.isPending} options={choices(experiments.data?.items.filter((one) => one.scope === "campaign"))} />
        </Form.Item>
      </Card>
      <Card title={t("campaign.whenAndCost")} className="panel">
        <Form.Item name="starts_at" label={t("campaign.starts")}>
          <InstantInput />
        </Form.Item>
        <Form.Item name="ends_at" label={t("campaign.ends")} extra={t("campaign.endsHelp")}>
          <InstantInput />
        </Form.Item>
        <Form.Item name="unit_cost_minor" label={t("campaign.unitCost")}>
          <MoneyInput currency={currency} />
        </Form.Item>
        <Form.Item name="budget_minor" label={t("campaign.budget")} extra={t("campaign.budgetHelp")}>
          <MoneyInput currency={currency} />
        </Form.Item>
        <Form.Item name="on_uncertain" label={t("campaign.onUncertain")} extra={t("campaign.onUncertainHelp")}>
          <Radio.Group
            options={[
              { value: "park", label: t("campaign.park") },
              { value: "resend", label: t("campaign.resend") },
            ]}
          />
        </Form.Item>
      </Card>
    </div>
  );
}
