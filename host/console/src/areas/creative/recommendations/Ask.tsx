/** A question to a recommender: what to rank, for what, and as of when. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Alert, AutoComplete, Button, Card, Form, Radio, Select, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { campaignNamesQuery } from "@/areas/campaign/questions";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { InstantInput } from "@/parts/fields";
import { useSubmit } from "@/parts/forms";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { segmentsQuery } from "@/areas/campaign/questions";
import { used } from "../library/words";
import { installationsQuery } from "../messages/channels";
import { libraryQuery, offersQuery } from "../questions";
import { CANDIDATES } from "../routes";

const route = getRouteApi("/in/creative/recommendations/new");
const FACTS = ["season", "theme", "category", "channel", "audience"] as const;

type New = Schemas["NewRecommendation"];
interface Values extends Pick<New, "objective" | "installation" | "campaign" | "offer" | "at"> {
  segment?: string;
  facts?: Partial<Record<(typeof FACTS)[number], string[]>>;
}

export function Ask() {
  const { t, code } = useWords();
  const may = useMay();
  const { kind = "contact", campaign } = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const installations = useQuery({ ...installationsQuery, enabled: may("plugins.read") });
  const campaigns = useQuery({ ...campaignNamesQuery, enabled: may("campaign.read") });
  const library = useQuery(libraryQuery);
  const recommenders = (installations.data?.items ?? []).filter((one) => one.kinds.includes("recommender") && one.enabled);

  const { busy, submit, alert } = useSubmit(form, async ({ segment, facts, ...rest }: Values) => {
    const chosen = Object.fromEntries(Object.entries(facts ?? {}).filter(([, words]) => words?.length));
    const people = kind === "contact" && segment ? { of: { segment } } : {};
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined && value !== null && value !== ""));
    const body: New = { objective: rest.objective, ...given, ...people, kind, facts: chosen as Record<string, never> };
    const made = await answer(api.POST("/api/v1/recommendations", { body }));
    await queries.invalidateQueries({ queryKey: ["recommendations", "list"] });
    await navigate({ to: "/creative/recommendations/$id", params: { id: made.id }, replace: true });
  });

  if (installations.isSuccess && recommenders.length === 0) {
    return (
      <Page title={t("recommend.new")} help={["recommend.help.what"]}>
        <Empty title={t("recommend.noPlugin")} what={t("recommend.noPluginWhat")} action={<LinkButton to="/plugins">{t("area.plugins")}</LinkButton>} />
      </Page>
    );
  }
  const objectives = [...new Set([...(campaigns.data?.items ?? []).map((one) => one.objective), ...used(library.data?.items, "objectives").map((one) => one.value)])].filter(Boolean);
  return (
    <Page title={t("recommend.new")} help={["recommend.help.what", "recommend.help.people", "recommend.help.at"]}>
      <Form<Values> form={form} layout="vertical" initialValues={{ campaign, ...(recommenders[0] && { installation: recommenders[0].id }) }} key={String(installations.isSuccess)} onFinish={(values) => void submit(values)} disabled={busy} scrollToFirstError>
        <div className="two">
          <Card className="panel" title={t("recommend.question")}>
            <Form.Item label={t("recommend.what")}>
              <Radio.Group aria-label={t("recommend.what")} value={kind} onChange={(event) => void navigate({ search: (old) => ({ ...old, kind: event.target.value as typeof kind }), replace: true })} options={CANDIDATES.map((value) => ({ value, label: code("recommend.kind", value) }))} />
            </Form.Item>
            <Form.Item name="objective" label={t("recommend.objective")} extra={t("recommend.objectiveHelp")} rules={[{ required: true, message: t("form.needed") }]}>
              <AutoComplete options={objectives.map((value) => ({ value }))} maxLength={200} />
            </Form.Item>
            {kind === "contact" && <PeopleFields />}
            <Form.Item name="installation" label={t("recommend.by")}>
              <Select loading={installations.isPending} options={recommenders.map((one) => ({ value: one.id, label: one.name }))} />
            </Form.Item>
            <Form.Item name="at" label={t("recommend.at")} extra={t("recommend.atHelp")}>
              <InstantInput />
            </Form.Item>
          </Card>
          <Card className="panel" title={t("recommend.facts")}>
            <Typography.Paragraph type="secondary">{t("recommend.factsHelp")}</Typography.Paragraph>
            {FACTS.map((fact) => (
              <Form.Item key={fact} name={["facts", fact]} label={t(`recommend.fact.${fact}`)}>
                <Select mode="tags" tokenSeparators={[",", "，"]} options={used(library.data?.items, fact === "category" ? "categories" : fact)} />
              </Form.Item>
            ))}
          </Card>
        </div>
        {alert}
        {busy && <Alert className="banner" type="info" showIcon role="status" title={t("recommend.asking")} />}
        <Button type="primary" htmlType="submit" loading={busy}>
          {t("recommend.ask")}
        </Button>
      </Form>
    </Page>
  );
}

/** For which campaign or offer, and among whom. */
function PeopleFields() {
  const { t } = useWords();
  const may = useMay();
  const campaigns = useQuery({ ...campaignNamesQuery, enabled: may("campaign.read") });
  const segments = useQuery({ ...segmentsQuery, enabled: may("audience.read") });
  const offers = useQuery({ ...offersQuery, enabled: may("sales.read") });
  const named = (items: { id: string; name: string }[] | undefined) => (items ?? []).map((one) => ({ value: one.id, label: one.name }));
  const search = { optionFilterProp: "label" };
  return (
    <>
      <Form.Item name="campaign" label={t("creative.campaign")} extra={t("recommend.campaignHelp")}>
        <Select allowClear showSearch={search} loading={campaigns.isLoading} options={named(campaigns.data?.items)} />
      </Form.Item>
      <Form.Item name="segment" label={t("recommend.of")} extra={t("recommend.ofHelp")}>
        <Select allowClear showSearch={search} loading={segments.isLoading} options={named(segments.data?.items)} />
      </Form.Item>
      <Form.Item name="offer" label={t("recommend.offer")} extra={t("recommend.offerHelp")}>
        <Select allowClear showSearch={search} loading={offers.isLoading} options={named(offers.data?.items)} />
      </Form.Item>
    </>
  );
}

