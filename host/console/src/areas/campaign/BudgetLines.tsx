/** The lines of a budget against what was spent, in the campaign's currency. */
import { DeleteOutlined, EditOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Flex } from "antd";
import { api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { fetchFile } from "@/parts/csv";
import { DataTable } from "@/parts/DataTable";
import { useAction } from "@/parts/forms";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";

type Row = Schemas["BudgetLineStatus"];

interface Props {
  campaign: string;
  budget: Schemas["CampaignBudget"];
  onEdit: (line: Schemas["BudgetLine"]) => void;
}

export function BudgetLines({ campaign, budget, onEdit }: Props) {
  const { t, f, code } = useWords();
  const may = useMay();
  const { ask } = useAction();
  const queries = useQueryClient();
  const money = (minor: number) => f.money(minor, budget.currency);
  const remove = async (line: string) => {
    await api.DELETE("/api/v1/campaigns/{id}/budget-lines/{line}", { params: { path: { id: campaign, line } } });
    await queries.invalidateQueries({ queryKey: ["campaigns", campaign] });
  };
  const over = (row: Row) => row.left_minor < 0;
  const columns: Column<Row>[] = [
    { key: "name", title: t("budget.line"), text: (row) => row.line.name, cell: (row) => <bdi>{row.line.name}</bdi> },
    { key: "kind", title: t("budget.kind"), text: (row) => code("budget.kind", row.line.kind), cell: (row) => code("budget.kind", row.line.kind) },
    { key: "channel", title: t("campaign.channel"), text: (row) => row.line.channel, cell: (row) => row.line.channel || t("budget.allChannels") },
    { key: "planned", title: t("budget.planned"), align: "right", text: (row) => row.planned_minor, cell: (row) => money(row.planned_minor) },
    { key: "committed", title: t("budget.committed"), align: "right", text: (row) => row.committed_minor, cell: (row) => money(row.committed_minor) },
    { key: "actual", title: t("budget.actual"), align: "right", text: (row) => row.actual_minor, cell: (row) => money(row.actual_minor) },
    { key: "left", title: t("budget.left"), align: "right", text: (row) => row.left_minor, cell: (row) => (over(row) ? <StateTag mood="warning">{money(row.left_minor)}</StateTag> : money(row.left_minor)) },
    { key: "unit", title: t("budget.asUnits"), text: (row) => row.line.quantity, cell: (row) => units(row), hidden: true },
    { key: "note", title: t("budget.note"), text: (row) => row.line.note, cell: (row) => <bdi>{row.line.note || "—"}</bdi>, hidden: true },
  ];
  function units({ line }: Row) {
    if (line.quantity === null || line.quantity === undefined) return "—";
    return t("budget.times", { cost: f.money(line.unit_cost_minor, line.planned.currency), quantity: line.quantity });
  }
  if (may("campaign.write")) {
    columns.push({
      key: "actions",
      title: t("sales.actions"),
      text: () => "",
      cell: ({ line }) => (
        <Flex gap={8}>
          <Button size="small" icon={<EditOutlined />} aria-label={t("budget.change", { name: line.name })} title={t("budget.change", { name: line.name })} onClick={() => onEdit(line)} />
          <Button
            size="small"
            danger
            icon={<DeleteOutlined />}
            aria-label={t("budget.removeAsk", { name: line.name })}
            title={t("budget.removeAsk", { name: line.name })}
            onClick={() => ask(t("budget.removeAsk", { name: line.name }), t("budget.removeWhat"), t("budget.remove"), () => remove(line.id))}
          />
        </Flex>
      ),
    });
  }
  return (
    <DataTable<Row>
      name="budget-lines"
      label={t("budget.lines")}
      columns={columns}
      rows={budget.lines}
      rowKey={(row) => row.line.id}
      onExport={() => fetchFile(`/api/v1/campaigns/${campaign}/budget.csv`)}
    />
  );
}
