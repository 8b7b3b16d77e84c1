/** The company and its parts: departments, branches, stores. A single company needs none. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Card, Flex, Form, Input, Select, Typography } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { useAction, useSubmit } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { unitsQuery } from "./questions";
import type { StepProps } from "./StartPage";
import { StepButtons } from "./StepButtons";
import { codeFor } from "./steps";

type Unit = Schemas["Unit"];
const KINDS = ["department", "business_unit", "branch", "store"] as const;

interface Values {
  name: string;
  kind: string;
  code?: string;
  parent?: string;
}

export function UnitsStep(props: StepProps) {
  const { t } = useWords();
  const asked = useQuery(unitsQuery);
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return (
    <Card title={t("start.step.units")}>
      <Typography.Paragraph type="secondary">{t("start.units.what")}</Typography.Paragraph>
      <Tree units={asked.data.items} {...props} />
      <StepButtons onBack={props.onBack} onNext={props.onDone} />
    </Card>
  );
}

function Tree({ units, draft, keep }: StepProps & { units: Unit[] }) {
  const { t, code } = useWords();
  const may = useMay();
  const { ask, failed } = useAction();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const again = () => queries.invalidateQueries({ queryKey: ["units"] });
  const root = units.find((one) => !one.parent);
  const name = (id: string | null | undefined) => units.find((one) => one.id === id)?.name ?? "—";
  const depth = (unit: Unit) => unit.path.split("/").length - 2;
  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    const made = values.code?.trim() || codeFor(values.name, units.map((one) => one.code));
    await answer(api.POST("/api/v1/units", { body: { name: values.name, kind: values.kind, code: made, parent: values.parent ?? null } }));
    keep({ unit: {} });
    form.resetFields(["name", "code"]);
    await again();
  });

  const remove = (unit: Unit) =>
    ask(t("start.units.removeAsk", { name: unit.name }), t("start.units.removeWhat"), t("identity.remove"), async () => {
      await api.DELETE("/api/v1/units/{id}", { params: { path: { id: unit.id } } });
      await again();
    });
  const rename = async (unit: Unit, next: string) => {
    if (next === unit.name || next.trim() === "") return;
    await api.PATCH("/api/v1/units/{id}", { params: { path: { id: unit.id } }, headers: ifMatch(unit.version), body: { name: next } }).catch(failed);
    await again();
  };
  const write = may("units.write");
  const columns: Column<Unit>[] = [
    {
      key: "name",
      title: t("segment.name"),
      text: (row) => row.name,
      cell: (row) => (
        <Typography.Text style={{ paddingInlineStart: depth(row) * 20 }} editable={write ? { text: row.name, tooltip: t("start.units.rename"), onChange: (next) => void rename(row, next) } : false}>
          <bdi>{row.name}</bdi>
        </Typography.Text>
      ),
    },
    { key: "kind", title: t("start.units.kind"), text: (row) => code("unit.kind", row.kind), cell: (row) => code("unit.kind", row.kind) },
    { key: "code", title: t("campaign.code"), text: (row) => row.code, cell: (row) => <span className="mono">{row.code}</span> },
    { key: "parent", title: t("start.units.parent"), text: (row) => name(row.parent), cell: (row) => name(row.parent) },
    {
      key: "remove",
      title: t("identity.remove"),
      text: () => "",
      cell: (row) => write && row.parent && <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t("identity.removeOne", { value: row.name })} onClick={() => remove(row)} />,
    },
  ];
  return (
    <>
      <DataTable<Unit> name="units" label={t("term.unit")} columns={columns} rows={units} rowKey={(row) => row.id} />
      {alert}
      {write && (
        <Form
          name="unit"
          form={form}
          layout="vertical"
          className="section"
          initialValues={{ kind: "department", parent: root?.id, ...draft.unit }}
          disabled={busy}
          onValuesChange={(_, all) => keep({ unit: all })}
          onFinish={(values) => void submit(values)}
        >
          <Flex gap={12} wrap align="flex-end">
            <Form.Item name="name" label={t("segment.name")} rules={[{ required: true, message: t("form.needed") }]}>
              <Input maxLength={200} style={{ width: 220 }} />
            </Form.Item>
            <Form.Item name="kind" label={t("start.units.kind")}>
              <Select style={{ width: 160 }} options={KINDS.map((value) => ({ value, label: t(`unit.kind.${value}`) }))} />
            </Form.Item>
            <Form.Item name="parent" label={t("start.units.parent")}>
              <Select style={{ width: 200 }} options={units.map((one) => ({ value: one.id, label: one.name }))} />
            </Form.Item>
            <Form.Item name="code" label={t("campaign.code")} tooltip={t("start.units.codeHelp")}>
              <Input maxLength={60} style={{ width: 140 }} placeholder={t("start.units.codeMade")} />
            </Form.Item>
            <Form.Item>
              <Button htmlType="submit" icon={<PlusOutlined />} loading={busy}>
                {t("start.units.add")}
              </Button>
            </Form.Item>
          </Flex>
        </Form>
      )}
    </>
  );
}
