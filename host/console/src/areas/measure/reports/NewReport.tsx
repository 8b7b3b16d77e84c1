/** Have a report written: which one, about what, in which language. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Card, Form, Radio, Select, Typography } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { installationsQuery } from "@/areas/plugins/questions";
import { Empty } from "@/parts/Empty";
import { LeaveGuard, useSubmit, useUnsaved } from "@/parts/forms";
import { LinkButton } from "@/parts/LinkButton";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords, type Language } from "@/words";
import { MeasureTabs } from "../MeasureTabs";
import { SchemaFields, type Values } from "../SchemaFields";
import { describedIn, missing, parametersOf } from "./described";

type Installation = Schemas["Installation"];
const route = getRouteApi("/in/measure/reports/new");
const LANGUAGES: Language[] = ["en", "zh-CN"];

export function NewReport() {
  const { t } = useWords();
  const may = useMay();
  const asked = useQuery(installationsQuery);
  const installed = asked.data?.items.filter((one) => one.kinds.includes("report") && one.active && one.enabled) ?? [];
  return (
    <Page title={t("report.new")} lead={t("report.newLead")} help={["report.help.what", "report.help.safe"]}>
      <MeasureTabs at="reports" />
      {asked.isError ? (
        <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />
      ) : !asked.data ? (
        <Loading />
      ) : installed.length === 0 ? (
        <Empty title={t("report.noPlugin")} what={t("report.noPluginWhat")} action={may("plugins.write") && <LinkButton to="/plugins/install">{t("attribution.install")}</LinkButton>} />
      ) : (
        <Choose installed={installed} />
      )}
    </Page>
  );
}

function Choose({ installed }: { installed: Installation[] }) {
  const { t, language } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const chosen = installed.find((one) => one.id === search.installation) ?? installed[0];
  if (!chosen) return null;
  return (
    <Card style={{ maxWidth: 720 }}>
      <Form layout="vertical">
        <Form.Item label={t("report.which")} htmlFor="report-which">
          <Select
            id="report-which"
            value={chosen.id}
            options={installed.map((one) => ({ value: one.id, label: describedIn(one, language).title }))}
            onChange={(next) => void navigate({ search: (old) => ({ ...old, installation: next }), replace: true })}
          />
          <Typography.Text type="secondary" className="small mono">
            {chosen.plugin} {chosen.active?.version}
          </Typography.Text>
        </Form.Item>
      </Form>
      <Ask key={chosen.id} installation={chosen} campaign={search.campaign} />
    </Card>
  );
}

function Ask({ installation, campaign }: { installation: Installation; campaign: string | undefined }) {
  const { t, code, language } = useWords();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const [locale, setLocale] = useState<Language>(language);
  const [start] = useState<Values>(campaign ? { campaign } : {});
  const [values, setValues] = useState<Values>(start);
  const { dirty, setDirty, goOn } = useUnsaved();
  const [lacking, setLacking] = useState<string[]>([]);
  const schema = describedIn(installation, language).parameters;
  const { busy, submit, alert, refused } = useSubmit<object>(undefined, async () => {
    const run = await answer(api.POST("/api/v1/report-runs", { body: { installation: installation.id, locale, parameters: parametersOf(values) } }));
    await queries.invalidateQueries({ queryKey: ["report-runs", "list"] });
    goOn(() => navigate({ to: "/measure/reports/$id", params: { id: run.id }, replace: true }));
  });
  const change = (next: Values) => {
    setValues(next);
    setDirty(JSON.stringify(parametersOf(next)) !== JSON.stringify(parametersOf(start)));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const lacks = missing(schema, values);
        setLacking(lacks);
        if (lacks.length === 0) void submit({});
      }}
    >
      <LeaveGuard dirty={dirty} />
      {alert}
      <SchemaFields schema={schema} lacking={lacking} values={values} onChange={change} prefix="report" disabled={busy} refused={refused} />
      <Form layout="vertical" component={false}>
        <Form.Item label={t("report.language")}>
          <Radio.Group
            aria-label={t("report.language")}
            value={locale}
            disabled={busy}
            options={LANGUAGES.map((one) => ({ value: one, label: code("report.locale", one) }))}
            onChange={(event) => setLocale(event.target.value as Language)}
          />
        </Form.Item>
      </Form>
      <Button type="primary" htmlType="submit" loading={busy}>
        {t("report.start")}
      </Button>
    </form>
  );
}
