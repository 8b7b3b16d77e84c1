/** Money that went out besides the sends, newest first, and noting more of it. */
import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Card, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useActor } from "@/api/actor";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { InstantInput } from "@/parts/fields";
import { useSubmit } from "@/parts/forms";
import { AmountInput } from "@/parts/money";
import { useWords } from "@/words";

type Spend = Schemas["Spend"];
type Money = Schemas["Money"];
const route = getRouteApi("/in/campaigns/$id");

/** `amount` is an amount of money; the document leaves its shape open. */
const amount = (spend: Spend) => spend.amount as unknown as Money;

interface Props {
  campaign: Schemas["Campaign"];
  lines: Schemas["BudgetLine"][];
}

export function SpendList({ campaign, lines }: Props) {
  const { t, f } = useWords();
  const may = useMay();
  const who = useActor();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [open, setOpen] = useState(false);
  const line = (id: string | null | undefined) => (id ? (lines.find((one) => one.id === id)?.name ?? t("budget.lineGone")) : t("budget.byChannel"));
  const columns: Column<Spend>[] = [
    { key: "at", title: t("why.at"), text: (row) => row.at, cell: (row) => f.time(row.at) },
    { key: "amount", title: t("spend.amount"), align: "right", text: (row) => amount(row).minor, cell: (row) => f.money(amount(row).minor, amount(row).currency) },
    { key: "note", title: t("spend.for"), text: (row) => row.note, cell: (row) => <bdi>{row.note || "—"}</bdi> },
    { key: "line", title: t("budget.line"), text: (row) => line(row.budget_line), cell: (row) => <bdi>{line(row.budget_line)}</bdi> },
    { key: "channel", title: t("campaign.channel"), text: (row) => row.channel, cell: (row) => row.channel },
    { key: "by", title: t("why.actor"), text: (row) => who(row.created_by), cell: (row) => who(row.created_by) },
  ];
  const note = may("campaign.write") && (
    <Button icon={<PlusOutlined />} onClick={() => setOpen(true)}>
      {t("spend.note")}
    </Button>
  );
  return (
    <Card className="panel" title={t("spend.title")} extra={note}>
      <CursorTable<Spend>
        name="spend"
        label={t("spend.title")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["campaigns", campaign.id, "spend"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/campaigns/{id}/spend", { params: { path: { id: campaign.id }, query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={<Empty title={t("spend.none")} what={t("spend.noneWhat")} />}
      />
      {open && <SpendDialog campaign={campaign} lines={lines} onClose={() => setOpen(false)} />}
    </Card>
  );
}

interface Values {
  amount: Money;
  at: string;
  channel: string;
  budget_line?: string;
  note?: string;
}

function SpendDialog({ campaign, lines, onClose }: Props & { onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const { busy, submit, alert } = useSubmit(form, async ({ amount: paid, note = "", budget_line, ...values }: Values) => {
    const body: Schemas["NewSpend"] = { ...values, note, budget_line: budget_line ?? null, amount: paid as unknown as Record<string, never> };
    await answer(api.POST("/api/v1/campaigns/{id}/spend", { params: { path: { id: campaign.id } }, body }));
    await queries.invalidateQueries({ queryKey: ["campaigns", campaign.id] });
    void queries.invalidateQueries({ queryKey: ["metrics"] });
    onClose();
  });
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <Modal open title={t("spend.note")} onCancel={onClose} onOk={() => form.submit()} okText={t("form.save")} cancelText={t("form.cancel")} confirmLoading={busy}>
      {alert}
      <Form form={form} layout="vertical" initialValues={{ at: new Date().toISOString() }} onFinish={(values) => void submit(values)}>
        <Form.Item name="amount" label={t("spend.amount")} extra={t("spend.amountHelp")} rules={needed}>
          <AmountInput currency={campaign.currency} />
        </Form.Item>
        <Form.Item name="at" label={t("why.at")} rules={needed}>
          <InstantInput />
        </Form.Item>
        <Form.Item name="channel" label={t("campaign.channel")} extra={t("spend.channelHelp")} rules={needed}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="budget_line" label={t("budget.line")} extra={t("spend.lineHelp")}>
          <Select allowClear options={lines.map((one) => ({ value: one.id, label: one.name }))} />
        </Form.Item>
        <Form.Item name="note" label={t("spend.for")}>
          <Input maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
