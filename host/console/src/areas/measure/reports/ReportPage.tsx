/** One report: read in a frame that runs nothing, as a file, in the other language, and its receipt. */
import { DownloadOutlined, ExportOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Alert, Button, Card, Flex, Progress } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { useAction } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords, type Language } from "@/words";
import { MeasureTabs } from "../MeasureTabs";
import { reportRunQuery, underWay } from "../questions";
import { ReceiptCard } from "../receipts/ReceiptCard";
import { RunState, useNames } from "../runs";

type Run = Schemas["ReportRun"];
const route = getRouteApi("/in/measure/reports/$id");

export function ReportPage() {
  const { id } = route.useParams();
  const asked = useQuery(reportRunQuery(id));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Loaded key={asked.data.id} run={asked.data} />;
}

function Loaded({ run }: { run: Run }) {
  const { t, f, code } = useWords();
  const names = useNames();
  const { campaign } = run.parameters as { campaign?: unknown };
  const link = (ending: string) => run.links?.find((one) => one.endsWith(ending));
  const html = link(".html");
  return (
    <Page
      title={run.title}
      lead={
        <Flex gap={12} wrap align="center">
          <RunState state={run.state} />
          <span>{code("report.locale", run.locale)}</span>
          {typeof campaign === "string" && <bdi>{names.campaign(campaign)}</bdi>}
          <span>{f.time(run.finished_at ?? run.created_at)}</span>
        </Flex>
      }
      help={["report.help.safe", "report.help.what", "receipt.help"]}
      actions={
        run.state === "finished" && (
          <>
            <Again run={run} />
            {html && (
              <Button href={html} target="_blank" rel="noopener" icon={<ExportOutlined />}>
                {t("report.open")}
              </Button>
            )}
          </>
        )
      }
    >
      <MeasureTabs at="reports" />
      {underWay(run.state) && (
        <div role="status">
          <Alert className="banner" type="info" showIcon title={t("report.working")} />
          <Progress percent={100} status="active" showInfo={false} aria-label={t("report.working")} />
        </div>
      )}
      {run.error && <Alert className="banner" type="error" showIcon title={t("run.failed")} description={<span className="plain">{run.error}</span>} />}
      {run.state === "finished" && (
        <>
          <Flex gap={8} wrap className="table-tools">
            {([".html", ".md", ".csv"] as const).map((ending) => {
              const href = link(ending);
              return (
                href && (
                  <Button key={ending} size="small" href={href} download={`report-${run.id}${ending}`} icon={<DownloadOutlined />}>
                    {code("report.file", ending.slice(1))}
                  </Button>
                )
              );
            })}
          </Flex>
          {/* A plugin wrote it: the frame may run no script, open no window and reach nothing of the console. */}
          {html && <Card className="panel report-card"><iframe className="report-frame" sandbox="" src={html} title={run.title} referrerPolicy="no-referrer" /></Card>}
          <ReceiptCard of="report-runs" id={run.id} />
        </>
      )}
    </Page>
  );
}

/** The same report, written once more in the other language. */
function Again({ run }: { run: Run }) {
  const { t } = useWords();
  const may = useMay();
  const { run: act } = useAction();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const other: Language = run.locale === "en" ? "zh-CN" : "en";
  if (!may("measure.write")) return null;

  async function write() {
    const made = await answer(api.POST("/api/v1/report-runs", { body: { installation: run.installation, locale: other, parameters: run.parameters } }));
    await queries.invalidateQueries({ queryKey: ["report-runs", "list"] });
    await navigate({ to: "/measure/reports/$id", params: { id: made.id } });
  }

  return <Button onClick={() => void act(write, t("report.asked"))}>{t(other === "en" ? "report.inEnglish" : "report.inChinese")}</Button>;
}
