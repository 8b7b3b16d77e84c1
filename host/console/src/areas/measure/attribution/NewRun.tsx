/** Start attribution runs: the same paths, read by one or more models at once, so that differences are the models'. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Card, Form, Select } from "antd";
import { useEffect } from "react";
import { answer, api } from "@/api/client";
import { campaignNamesQuery } from "@/areas/campaign/questions";
import { EditForm, useMake } from "@/parts/edit";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { daysOf, instants, type Days } from "../days";
import { DayRange } from "../DayRange";
import { MeasureTabs } from "../MeasureTabs";
import { span } from "../period";
import { conversionsQuery, questionQuery, useEnd } from "../questions";
import { modelsOf, type ModelChoice } from "./models";
import { ModelFields } from "./ModelFields";

const route = getRouteApi("/in/measure/attribution/new");

interface Values {
  conversion: string;
  span: Days;
  campaign?: string;
  channels?: string[];
  models: ModelChoice[];
}

export function NewRun() {
  const { t } = useWords();
  const conversions = useQuery(conversionsQuery);
  return (
    <Page title={t("attribution.new")} lead={t("attribution.newLead")} help={["attribution.help.what", "attribution.help.models", "attribution.help.untouched"]}>
      <MeasureTabs at="attribution" />
      {conversions.isError ? (
        <ProblemAlert error={conversions.error} onRetry={() => void conversions.refetch()} />
      ) : conversions.data ? (
        <NewRunForm conversion={conversions.data.items[0]?.id} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}

function NewRunForm({ conversion }: { conversion: string | undefined }) {
  const { t, f } = useWords();
  const { campaign } = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const end = useEnd();
  const conversions = useQuery(conversionsQuery);
  const campaigns = useQuery(campaignNamesQuery);
  const channels = useQuery(questionQuery({ metric: "touches", by: ["channel"] }));
  const making = useMake<Values>({ models: [], ...(conversion && { conversion }), ...(campaign && { campaign }) }, async (values) => {
    const { start = "", end: until = "" } = instants(values.span, f.zone);
    const started = await answer(
      api.POST("/api/v1/attribution-runs", {
        body: {
          conversion: values.conversion,
          start,
          end: until,
          ...(values.campaign && { campaign: values.campaign }),
          ...(values.channels && { channels: values.channels }),
          models: modelsOf(values.models),
        },
      }),
    );
    await queries.invalidateQueries({ queryKey: ["attribution-runs", "list"] });
    const [only = "", ...more] = started.runs.map((run) => run.id);
    return () =>
      more.length === 0
        ? navigate({ to: "/measure/attribution/$id", params: { id: only }, replace: true })
        : navigate({ to: "/measure/attribution", search: { runs: [only, ...more].join(",") }, replace: true });
  });
  const { form } = making;
  // The last year there is, once it is known, unless somebody was quicker.
  useEffect(() => {
    if (end && !form.isFieldTouched("span")) form.setFieldsValue({ span: daysOf(span("365d", end), f.zone) });
  }, [end, form, f.zone]);
  return (
    <EditForm of={making} label={t("attribution.start")}>
      <div className="two">
        <Card title={t("attribution.what")} className="panel">
          <Form.Item name="conversion" label={t("attribution.conversion")} extra={t("attribution.conversionHelp")} rules={[{ required: true, message: t("form.needed") }]}>
            <Select loading={conversions.isPending} options={(conversions.data?.items ?? []).map((one) => ({ value: one.id, label: t("attribution.conversionWindow", { name: one.name, n: one.window_days }) }))} />
          </Form.Item>
          <Form.Item
            name="span"
            label={t("attribution.span")}
            required
            extra={t("attribution.spanHelp")}
            rules={[{ validator: (_, value?: Days) => (value?.from && value.until ? Promise.resolve() : Promise.reject(new Error(t("form.needed")))) }]}
          >
            <DayRange />
          </Form.Item>
          <Form.Item name="campaign" label={t("attribution.campaign")} extra={t("attribution.campaignHelp")}>
            <Select allowClear showSearch={{ optionFilterProp: "label" }} placeholder={t("attribution.allCampaigns")} options={(campaigns.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))} />
          </Form.Item>
          <Form.Item name="channels" label={t("attribution.channels")} extra={t("attribution.channelsHelp")}>
            <Select mode="multiple" allowClear loading={channels.isPending} placeholder={t("attribution.allChannels")} options={(channels.data?.rows ?? []).map((row) => ({ value: row.keys[0] ?? "", label: row.labels[0] ?? "" }))} />
          </Form.Item>
        </Card>
        <Card title={t("attribution.models")} className="panel">
          <Form.Item
            name="models"
            rules={[{ validator: (_, value?: ModelChoice[]) => (modelsOf(value ?? []).length > 0 ? Promise.resolve() : Promise.reject(new Error(t("attribution.modelNeeded")))) }]}
          >
            <ModelFields />
          </Form.Item>
        </Card>
      </div>
    </EditForm>
  );
}
