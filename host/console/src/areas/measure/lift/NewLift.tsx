/** Start a lift run: a campaign or an experiment, what counts, and from when until when. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Card, Form, Radio, Select } from "antd";
import { answer, api } from "@/api/client";
import { campaignNamesQuery } from "@/areas/campaign/questions";
import { EditForm, useMake } from "@/parts/edit";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { instants, type Days } from "../days";
import { DayRange } from "../DayRange";
import { MeasureTabs } from "../MeasureTabs";
import { conversionsQuery, experimentNamesQuery } from "../questions";

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
  const asked = search.experiment ? "experiment" : "campaign";
  const campaigns = useQuery(campaignNamesQuery);
  const experiments = useQuery(experimentNamesQuery);
  const conversions = useQuery(conversionsQuery);
  const choices = (items: { id: string; name: string }[] | undefined) => (items ?? []).map((one) => ({ value: one.id, label: one.name }));
  const making = useMake<Values>({ of: asked, ...(search.campaign && { campaign: search.campaign }), ...(search.experiment && { experiment: search.experiment }) }, async (values) => {
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
    return () => navigate({ to: "/measure/lift/$id", params: { id: run.id }, replace: true });
  });
  const of = Form.useWatch("of", making.form) ?? asked;
  return (
    <Page title={t("lift.new")} lead={t("lift.newLead")} help={["lift.help.what", "lift.help.matched"]}>
      <MeasureTabs at="lift" />
      <Card style={{ maxWidth: 640 }}>
        <EditForm of={making} label={t("lift.start")}>
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
        </EditForm>
      </Card>
    </Page>
  );
}
