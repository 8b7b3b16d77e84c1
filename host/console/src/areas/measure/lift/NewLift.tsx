/** Start a lift run: a campaign or an experiment, what counts, and from when until when. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Card, Form, Radio, Select } from "antd";
import { useEffect, useState } from "react";
import { answer, api } from "@/api/client";
import { LeaveGuard, useSubmit } from "@/parts/forms";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { instants, type Days } from "../days";
import { DayRange } from "../DayRange";
import { MeasureTabs } from "../MeasureTabs";
import { campaignNamesQuery, conversionsQuery, experimentNamesQuery } from "../questions";

const route = getRouteApi("/in/measure/lift/new");

interface Values {
  of: "campaign" | "experiment";
  campaign?: string;
  experiment?: string;
  conversion?: string;
  span?: Days;
}

export function NewLift() {
  const { t, f } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const [dirty, setDirty] = useState(false);
  const [made, setMade] = useState<string>();
  const of = Form.useWatch("of", form) ?? (search.experiment ? "experiment" : "campaign");
  const campaigns = useQuery(campaignNamesQuery);
  const experiments = useQuery(experimentNamesQuery);
  const conversions = useQuery(conversionsQuery);
  const choices = (items: { id: string; name: string }[] | undefined) => (items ?? []).map((one) => ({ value: one.id, label: one.name }));
  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    const run = await answer(
      api.POST("/api/v1/lift-runs", {
        body: {
          ...(values.of === "campaign" ? { campaign: values.campaign ?? null } : { experiment: values.experiment ?? null }),
          ...(values.conversion && { conversion: values.conversion }),
          ...(values.span && instants(values.span, f.zone)),
        },
      }),
    );
    await queries.invalidateQueries({ queryKey: ["lift-runs", "list"] });
    setDirty(false);
    setMade(run.id);
  });
  // After the guard has heard that nothing is unsaved any more.
  useEffect(() => {
    if (made && !dirty) void navigate({ to: "/measure/lift/$id", params: { id: made }, replace: true });
  }, [made, dirty, navigate]);
  return (
    <Page title={t("lift.new")} lead={t("lift.newLead")} help={["lift.help.what", "lift.help.matched"]}>
      <MeasureTabs at="lift" />
      <LeaveGuard dirty={dirty} />
      <Card style={{ maxWidth: 640 }}>
        {alert}
        <Form<Values>
          form={form}
          layout="vertical"
          initialValues={{ of, campaign: search.campaign, experiment: search.experiment }}
          onValuesChange={() => setDirty(true)}
          onFinish={(values) => void submit(values)}
          disabled={busy}
        >
          <Form.Item name="of" label={t("lift.of")}>
            <Radio.Group
              options={[
                { value: "campaign", label: t("lift.ofCampaign") },
                { value: "experiment", label: t("lift.ofExperiment") },
              ]}
            />
          </Form.Item>
          {of === "campaign" ? (
            <Form.Item name="campaign" label={t("attribution.campaign")} extra={t("lift.campaignHelp")} rules={[{ required: true, message: t("form.needed") }]}>
              <Select showSearch={{ optionFilterProp: "label" }} loading={campaigns.isPending} options={choices(campaigns.data?.items.filter((one) => one.state !== "draft"))} />
            </Form.Item>
          ) : (
            <Form.Item name="experiment" label={t("lift.experiment")} rules={[{ required: true, message: t("form.needed") }]}>
              <Select showSearch={{ optionFilterProp: "label" }} loading={experiments.isPending} options={choices(experiments.data?.items)} />
            </Form.Item>
          )}
          <Form.Item name="conversion" label={t("attribution.conversion")} extra={t("lift.conversionHelp")}>
            <Select allowClear placeholder={t("lift.allOrders")} options={choices(conversions.data?.items)} />
          </Form.Item>
          <Form.Item name="span" label={t("attribution.span")} extra={t("lift.spanHelp")}>
            <DayRange />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t("lift.start")}
          </Button>
        </Form>
      </Card>
    </Page>
  );
}
