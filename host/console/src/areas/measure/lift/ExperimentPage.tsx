/** One experiment: its arms, the people in each, and whether the split is what the shares promise. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Alert, Button, Card, Flex } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { useAction } from "@/parts/forms";
import { LinkButton } from "@/parts/LinkButton";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { MeasureTabs } from "../MeasureTabs";
import { WHOLE_BP } from "./Experiments";

type Experiment = Schemas["ExperimentView"];
type Arm = Schemas["ExperimentArm"];
const route = getRouteApi("/in/measure/experiments/$id");

export function ExperimentPage() {
  const { id } = route.useParams();
  const asked = useQuery({
    queryKey: ["experiments", id],
    queryFn: () => answer(api.GET("/api/v1/experiments/{id}", { params: { path: { id } } })),
  });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Loaded experiment={asked.data} />;
}

function Loaded({ experiment }: { experiment: Experiment }) {
  const { t, f, code } = useWords();
  const may = useMay();
  const { ask } = useAction();
  const queries = useQueryClient();
  const open = experiment.state === "open";
  const people = experiment.counts.reduce((sum, one) => sum + one.people, 0);
  const count = (arm: Arm) => experiment.counts.find((one) => one.arm === arm.name);
  const columns: Column<Arm>[] = [
    { key: "name", title: t("experiment.arm"), text: (row) => row.name, cell: (row) => <bdi>{row.name}</bdi> },
    { key: "held", title: t("experiment.notWritten"), text: (row) => (row.held_out ? t("form.yes") : t("form.no")), cell: (row) => (row.held_out ? t("form.yes") : t("form.no")) },
    { key: "share", title: t("experiment.share"), align: "right", text: (row) => row.share_bp / WHOLE_BP, cell: (row) => f.percent(row.share_bp / WHOLE_BP) },
    { key: "people", title: t("lift.people"), align: "right", text: (row) => count(row)?.people, cell: (row) => f.number(count(row)?.people) },
    { key: "expected", title: t("experiment.expected"), align: "right", text: (row) => count(row)?.expected, cell: (row) => f.number(count(row)?.expected) },
  ];

  async function archive() {
    await answer(api.POST("/api/v1/experiments/{id}/archive", { params: { path: { id: experiment.id } }, headers: ifMatch(experiment.version) }));
    await queries.invalidateQueries({ queryKey: ["experiments"] });
  }

  return (
    <Page
      title={experiment.name}
      lead={
        <Flex gap={12} wrap align="center">
          <StateTag mood={open ? "good" : "quiet"}>{code("experiment.state", experiment.state)}</StateTag>
          <span>{code("experiment.scope", experiment.scope)}</span>
          {experiment.starts_at && <span>{t("attribution.fromUntil", { from: f.date(experiment.starts_at), until: f.date(experiment.ends_at) })}</span>}
        </Flex>
      }
      help={["experiment.help.what", "experiment.help.scope", "experiment.help.balance"]}
      actions={
        <>
          {may("measure.write") && (
            <LinkButton type="primary" to="/measure/lift/new" search={{ experiment: experiment.id }}>
              {t("lift.new")}
            </LinkButton>
          )}
          {open && may("audience.write") && (
            <Button danger onClick={() => ask(t("experiment.archiveAsk", { name: experiment.name }), t("experiment.archiveWhat"), t("experiment.archive"), archive)}>
              {t("experiment.archive")}
            </Button>
          )}
        </>
      }
    >
      <MeasureTabs at="experiments" />
      <BalanceTold balance={experiment.balance} people={people} />
      <Card className="panel" title={t("experiment.arms")}>
        <DataTable name="experiment-arms" label={t("experiment.arms")} columns={columns} rows={experiment.arms} rowKey={(row) => row.name} />
      </Card>
    </Page>
  );
}

function BalanceTold({ balance, people }: { balance: Experiment["balance"]; people: number }) {
  const { t, f } = useWords();
  if (!balance) return <Alert className="banner" type="info" showIcon title={t("experiment.nobody")} description={t("experiment.nobodyWhat")} />;
  const test = t("experiment.test", { chi: f.number(balance.chi_square), p: f.number(balance.p), people });
  return <Alert className="banner" type={balance.mismatch ? "error" : "success"} showIcon title={t(balance.mismatch ? "experiment.mismatch" : "experiment.balanced")} description={test} />;
}
