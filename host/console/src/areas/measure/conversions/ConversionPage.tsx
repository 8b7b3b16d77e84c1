/** A conversion definition, new or to be changed; saved against its version. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { App, Button, Card, Form } from "antd";
import { useEffect, useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { ProblemError } from "@/api/problem";
import { ConflictDialog, LeaveGuard, useAction, useSubmit } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { MeasureTabs } from "../MeasureTabs";
import { ConversionFields } from "./ConversionFields";
import { bodyOf, differences, valuesOf, type Values } from "./values";

type Definition = Schemas["ConversionDefinition"];
const route = getRouteApi("/in/measure/conversions/$id");
const newRoute = getRouteApi("/in/measure/conversions/new");
const key = (id: string) => ["conversion-definitions", "one", id];

export function NewConversionPage() {
  const { t } = useWords();
  const navigate = newRoute.useNavigate();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const [dirty, setDirty] = useState(false);
  const [made, setMade] = useState(false);
  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    await answer(api.POST("/api/v1/conversion-definitions", { body: { code: values.code ?? "", ...bodyOf(values) } }));
    await queries.invalidateQueries({ queryKey: ["conversion-definitions"] });
    setDirty(false);
    setMade(true);
  });
  // After the guard has heard that nothing is unsaved any more.
  useEffect(() => {
    if (made && !dirty) void navigate({ to: "/measure/conversions", replace: true });
  }, [made, dirty, navigate]);
  return (
    <Page title={t("conversion.new")} help={["conversion.help.what", "conversion.help.window"]}>
      <MeasureTabs at="conversions" />
      <LeaveGuard dirty={dirty} />
      <Card style={{ maxWidth: 720 }}>
        {alert}
        <Form<Values>
          form={form}
          layout="vertical"
          initialValues={{ on: "order", of: "any", value: "order-total", counting: "every", window_days: 30 }}
          onValuesChange={() => setDirty(true)}
          onFinish={(values) => void submit(values)}
          disabled={busy}
        >
          <ConversionFields fresh />
          <Button type="primary" htmlType="submit" loading={busy}>
            {t("form.create")}
          </Button>
        </Form>
      </Card>
    </Page>
  );
}

export function ConversionPage() {
  const { id } = route.useParams();
  const asked = useQuery({ queryKey: key(id), queryFn: () => answer(api.GET("/api/v1/conversion-definitions/{id}", { params: { path: { id } } })) });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Edit key={asked.data.id} definition={asked.data} />;
}

function Edit({ definition }: { definition: Definition }) {
  const { t } = useWords();
  const may = useMay();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const [base, setBase] = useState(definition);
  const [dirty, setDirty] = useState(false);
  const [theirs, setTheirs] = useState<Definition>();
  const { message } = App.useApp();
  const { failed } = useAction();

  function take(next: Definition) {
    setBase(next);
    setDirty(false);
    queries.setQueryData(key(next.id), next);
    void queries.invalidateQueries({ queryKey: ["conversion-definitions"] });
  }

  async function send(version: number, values: Values) {
    take(await answer(api.PATCH("/api/v1/conversion-definitions/{id}", { params: { path: { id: definition.id } }, headers: ifMatch(version), body: bodyOf(values) })));
    void message.success(t("form.saved"));
  }

  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    try {
      await send(base.version, values);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 412) throw error;
      setTheirs(await answer(api.GET("/api/v1/conversion-definitions/{id}", { params: { path: { id: definition.id } } })));
    }
  });
  return (
    <Page title={base.name} lead={<span className="mono">{base.code}</span>} help={["conversion.help.what", "conversion.help.window", "conversion.help.change"]}>
      <MeasureTabs at="conversions" />
      <LeaveGuard dirty={dirty} />
      <Card style={{ maxWidth: 720 }}>
        {alert}
        <Form<Values> form={form} layout="vertical" initialValues={valuesOf(base)} onValuesChange={() => setDirty(true)} onFinish={(values) => void submit(values)} disabled={busy || !may("measure.write")}>
          <ConversionFields />
          {may("measure.write") && (
            <Button type="primary" htmlType="submit" loading={busy} disabled={!dirty}>
              {t("form.save")}
            </Button>
          )}
        </Form>
      </Card>
      <ConflictDialog
        open={theirs !== undefined}
        differences={theirs ? differences(valuesOf(theirs), form.getFieldsValue(), (field) => t(`conversion.field.${field}`)) : []}
        onTheirs={() => {
          if (!theirs) return;
          form.setFieldsValue(valuesOf(theirs));
          take(theirs);
          setTheirs(undefined);
        }}
        onMine={() => {
          if (!theirs) return;
          setTheirs(undefined);
          void send(theirs.version, form.getFieldsValue()).catch(failed);
        }}
      />
    </Page>
  );
}
