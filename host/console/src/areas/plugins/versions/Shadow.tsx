/** The last recorded runs made again on a version that does not serve: what it would have said, and where it went another way. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Button, Flex, Form, InputNumber, Statistic, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useActor } from "@/api/actor";
import { useMay } from "@/api/me";
import { ProblemError } from "@/api/problem";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useSubmit } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { shadowQuery } from "../questions";
import { ComparisonShown, ReplayTag } from "../runs/Comparison";
import { objectOf, type Comparison, type Costs, type Replayed } from "../shapes";

interface Props {
  installation: Schemas["Installation"];
  version: Schemas["InstallationVersion"];
}

/** The report, its runs as they come. */
type Report = Omit<Schemas["ShadowReport"], "items" | "cost" | "recorded_cost"> & { items: unknown[]; cost: unknown; recorded_cost: unknown };

/** One run of the report, its open shapes read. */
interface Item extends Comparison {
  run: string;
  costlier: boolean;
  cost: Partial<Costs>;
  recorded: Partial<Costs>;
}

export function Shadow({ installation, version }: Props) {
  const { t } = useWords();
  const asked = useQuery(shadowQuery(installation.id, version.id));
  const none = asked.error instanceof ProblemError && asked.error.status === 404;
  return (
    <>
      <Begin installation={installation} version={version} />
      {none ? (
        <Empty title={t("shadow.none")} what={t("shadow.noneWhat")} />
      ) : asked.isError ? (
        <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />
      ) : asked.data ? (
        <ReportShown report={asked.data} installation={installation.id} />
      ) : (
        <Loading />
      )}
    </>
  );
}

/** Only a version that is approved and idle can be tried in shadow; the API says why another cannot. */
function Begin({ installation, version }: Props) {
  const { t } = useWords();
  const may = useMay();
  const queries = useQueryClient();
  const [form] = Form.useForm<{ runs: number }>();
  const { busy, submit, alert } = useSubmit(form, async ({ runs }: { runs: number }) => {
    const path = { id: installation.id, version: version.id };
    const report = await answer(api.POST("/api/v1/installations/{id}/versions/{version}/shadow", { params: { path }, body: { runs } }));
    await queries.invalidateQueries({ queryKey: ["installations"] });
    queries.setQueryData(shadowQuery(path.id, path.version).queryKey, report);
  });
  const ready = ["approved", "superseded", "shadow"].includes(version.state);
  if (!may("plugins.approve") || !installation.active || installation.active.id === version.id) return null;
  return (
    <>
      {alert}
      {!ready && <Alert type="info" showIcon className="banner" title={t("shadow.notYet")} />}
      <Form form={form} layout="inline" className="panel" initialValues={{ runs: 20 }} onFinish={(values) => void submit(values)} disabled={busy || !ready}>
        <Form.Item name="runs" label={t("shadow.howMany")} rules={[{ required: true, message: t("form.needed") }]}>
          <InputNumber min={1} max={100} precision={0} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t("shadow.begin")}
        </Button>
        <span role="status" aria-live="polite" className="unseen">
          {busy ? t("shadow.running") : ""}
        </span>
      </Form>
    </>
  );
}

function ReportShown({ report, installation }: { report: Report; installation: string }) {
  const { t, f } = useWords();
  const who = useActor();
  const now = objectOf<Costs>(report.cost);
  const then = objectOf<Costs>(report.recorded_cost);
  return (
    <>
      <Alert
        type={report.runs === 0 ? "info" : report.alike ? "success" : "warning"}
        showIcon
        className="banner"
        title={report.runs === 0 ? t("shadow.nothing") : report.alike ? t("shadow.alike", { n: report.runs }) : t("shadow.unlike", { runs: report.runs, same: report.same })}
        description={report.runs === 0 ? t("shadow.nothingWhat") : report.alike ? t("shadow.alikeWhat") : t("shadow.unlikeWhat")}
      />
      <div className="figures">
        <Statistic title={t("shadow.same")} value={f.number(report.same)} />
        <Statistic title={t("shadow.differ")} value={f.number(report.differ)} />
        <Statistic title={t("shadow.diverged")} value={f.number(report.diverged)} />
        <Statistic title={t("shadow.fail")} value={f.number(report.fail)} />
        <Statistic title={t("shadow.mended")} value={f.number(report.mended)} />
        <Statistic title={t("shadow.costlier")} value={f.number(report.costlier)} />
      </div>
      <Typography.Paragraph type="secondary">
        {t("shadow.cost", { now: f.took(now.cpu_us ?? 0), then: f.took(then.cpu_us ?? 0), memory: f.bytes(now.memory_peak_bytes ?? 0), before: f.bytes(then.memory_peak_bytes ?? 0) })}{" "}
        {t("shadow.when", { at: f.time(report.at), by: who(report.by) })} {report.left_out > 0 && t("shadow.leftOut", { n: report.left_out })}
      </Typography.Paragraph>
      <Items items={report.items.map(itemOf)} installation={installation} />
    </>
  );
}

function itemOf(raw: unknown): Item {
  const { run = "", costlier = false, verdict = "", differences = [], cost, recorded_cost, ...rest } = objectOf<Replayed>(raw);
  return { run, costlier, verdict, differences, cost: objectOf<Costs>(cost), recorded: objectOf<Costs>(recorded_cost), ...(rest.at_call !== undefined && { at_call: rest.at_call }), ...(rest.detail && { detail: rest.detail }) };
}

function Items({ items, installation }: { items: Item[]; installation: string }) {
  const { t, f, code } = useWords();
  const columns: Column<Item>[] = [
    {
      key: "run",
      title: t("shadow.run"),
      text: (row) => row.run,
      cell: (row) => (
        <Link to="/plugins/$id/runs/$run" params={{ id: installation, run: row.run }} className="mono">
          {row.run}
        </Link>
      ),
    },
    { key: "verdict", title: t("plugin.verdict"), text: (row) => code("replay", row.verdict), cell: (row) => <ReplayTag verdict={row.verdict} /> },
    {
      key: "what",
      title: t("shadow.what"),
      text: (row) => [row.detail, ...row.differences.map((one) => `${one.field}: ${one.recorded ?? ""} → ${one.now ?? ""}`)].filter(Boolean).join("; "),
      cell: (row) => (
        <Flex vertical gap={8}>
          <ComparisonShown found={row} bare />
          {row.costlier && <Typography.Text type="warning">{t("shadow.isCostlier")}</Typography.Text>}
        </Flex>
      ),
    },
    { key: "then", title: t("shadow.cpuThen"), text: (row) => row.recorded.cpu_us, cell: (row) => f.took(row.recorded.cpu_us ?? 0), align: "right" },
    { key: "now", title: t("shadow.cpuNow"), text: (row) => row.cost.cpu_us, cell: (row) => f.took(row.cost.cpu_us ?? 0), align: "right" },
  ];
  return <DataTable<Item> name="shadow" label={t("version.tab.shadow")} columns={columns} rows={items} rowKey={(row) => row.run} />;
}
