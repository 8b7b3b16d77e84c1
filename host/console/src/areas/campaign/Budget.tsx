/** The money of a campaign: its lines as planned, committed and spent, what warns, and every spend. */
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Card, Statistic } from "antd";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { Chart } from "@/parts/Chart";
import { Empty } from "@/parts/Empty";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { minorUnits } from "@/words/format";
import { BudgetLines } from "./BudgetLines";
import { LineDialog } from "./LineDialog";
import { budgetQuery } from "./questions";
import { SpendList } from "./SpendList";

type Whole = Schemas["CampaignBudget"];
const ROW_PX = 56;

export function Budget({ campaign }: { campaign: Schemas["Campaign"] }) {
  const { t, f } = useWords();
  const may = useMay();
  const asked = useQuery(budgetQuery(campaign.id));
  const [editing, setEditing] = useState<Schemas["BudgetLine"] | "new">();
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  const budget = asked.data;
  const { totals, currency } = budget;
  const money = (minor: number) => f.money(minor, currency);
  const add = may("campaign.write") && (
    <Button icon={<PlusOutlined />} onClick={() => setEditing("new")}>
      {t("budget.lineNew")}
    </Button>
  );
  return (
    <>
      {budget.warnings.length > 0 && (
        <Alert
          type="warning"
          showIcon
          className="banner"
          title={t("budget.warnings", { n: budget.warnings.length })}
          description={
            <ul>
              {budget.warnings.map((one) => (
                <li key={`${one.code} ${one.line ?? ""}`}>{one.message}</li>
              ))}
            </ul>
          }
        />
      )}
      <div className="figures totals">
        <Card size="small"><Statistic title={t("budget.planned")} value={money(totals.planned_minor)} /></Card>
        <Card size="small"><Statistic title={t("budget.committed")} value={money(totals.committed_minor)} /></Card>
        <Card size="small"><Statistic title={t("budget.actual")} value={money(totals.actual_minor)} /></Card>
        <Card size="small"><Statistic title={t("budget.left")} value={money(totals.left_minor)} /></Card>
      </div>
      <Card className="panel" title={t("budget.lines")} extra={add}>
        {budget.lines.length === 0 ? (
          <Empty title={t("budget.noLines")} what={t("budget.noLinesWhat")} />
        ) : (
          <BudgetLines campaign={campaign.id} budget={budget} onEdit={setEditing} />
        )}
        <Unplanned budget={budget} />
      </Card>
      {budget.lines.length > 0 && (
        <Card className="panel" title={t("budget.compared")}>
          <Compared budget={budget} />
        </Card>
      )}
      <SpendList campaign={campaign} lines={budget.lines.map((one) => one.line)} />
      {editing && <LineDialog campaign={campaign} line={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} />}
    </>
  );
}

function Unplanned({ budget }: { budget: Whole }) {
  const { t, f, code } = useWords();
  if (budget.unplanned.length === 0) return null;
  return (
    <Alert
      type="info"
      className="section"
      title={t("budget.unplanned")}
      description={
        <ul>
          {budget.unplanned.map((one) => (
            <li key={`${one.what} ${one.channel}`}>
              {t("budget.unplannedRow", { what: code("budget.what", one.what), channel: one.channel || t("budget.allChannels"), amount: f.money(one.actual_minor, budget.currency) })}
            </li>
          ))}
        </ul>
      }
    />
  );
}

function Compared({ budget }: { budget: Whole }) {
  const { t, f } = useWords();
  const { lines, currency } = budget;
  const series = (name: string, read: (line: Schemas["BudgetLineStatus"]) => number) => ({ name, values: lines.map(read) });
  return (
    <Chart
      title={t("budget.compared")}
      name="budget-compared"
      kind="rows"
      by={t("budget.line")}
      categories={lines.map((one) => one.line.name)}
      series={[
        series(t("budget.planned"), (one) => one.planned_minor),
        series(t("budget.committed"), (one) => one.committed_minor),
        series(t("budget.actual"), (one) => one.actual_minor),
      ]}
      show={(value) => f.money(value, currency)}
      tick={(value) => f.compact(value / minorUnits(currency))}
      height={Math.max(180, ROW_PX * Math.min(lines.length, 12) + 60)}
    />
  );
}
