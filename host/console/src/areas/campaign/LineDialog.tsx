/** A line of the budget, planned or changed: an amount, or a unit cost times a quantity. */
import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, InputNumber, Radio, Select } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { present } from "@/api/problem";
import { EditDialog, useEdit, useMake } from "@/parts/edit";
import { MoneyInput } from "@/parts/fields";
import { CurrencySelect } from "@/parts/money";
import { useWords } from "@/words";
import { budgetQuery } from "./questions";

type Campaign = Schemas["Campaign"];
type Line = Schemas["BudgetLine"];
type Kind = Schemas["BudgetLineKind"];

// An object, so that the compiler finds a kind that is missing here.
const KINDS: Record<Kind, true> = { media: true, production: true, prizes: true, venue: true, staff: true, tool: true, sends: true, other: true };

interface Values {
  kind: Kind;
  name?: string;
  channel?: string;
  currency?: string;
  way: "amount" | "units";
  planned_minor?: number | null;
  unit_cost_minor?: number | null;
  quantity?: number | null;
  committed_minor?: number | null;
  note?: string;
}

interface Props {
  campaign: Campaign;
  line: Line | undefined;
  onClose: () => void;
}

export function LineDialog({ campaign, line, onClose }: Props) {
  return line ? <Change campaign={campaign} line={line} onClose={onClose} /> : <Plan campaign={campaign} onClose={onClose} />;
}

/** Of the two ways only the chosen one is sent: one truth. */
function planned({ way, planned_minor, unit_cost_minor, quantity }: Values) {
  return way === "units" ? { unit_cost_minor: unit_cost_minor ?? null, quantity: quantity ?? null } : { planned_minor: planned_minor ?? null };
}

function Plan({ campaign, onClose }: Omit<Props, "line">) {
  const { t } = useWords();
  const queries = useQueryClient();
  const making = useMake<Values>({ kind: "media", way: "amount", currency: campaign.currency }, async (values) => {
    const { kind, name = "", channel = "", currency, committed_minor, note = "" } = values;
    const body = { kind, name, channel, note, currency: currency ?? null, committed_minor: committed_minor ?? 0, ...planned(values) };
    await answer(api.POST("/api/v1/campaigns/{id}/budget-lines", { params: { path: { id: campaign.id } }, body }));
    await queries.invalidateQueries({ queryKey: ["campaigns", campaign.id] });
    return onClose;
  });
  return (
    <EditDialog of={making} title={t("budget.lineNew")} onClose={onClose}>
      <Fields fresh currency={Form.useWatch("currency", making.form) ?? campaign.currency} />
    </EditDialog>
  );
}

const pick = ({ kind, name, channel, planned: plan, committed, unit_cost_minor, quantity, note }: Line): Values => ({
  kind,
  name,
  channel,
  way: quantity === null || quantity === undefined ? "amount" : "units",
  planned_minor: plan.minor,
  unit_cost_minor: unit_cost_minor ?? null,
  quantity: quantity ?? null,
  committed_minor: committed.minor,
  note,
});

function Change({ campaign, line, onClose }: Props & { line: Line }) {
  const { t, f, code } = useWords();
  const queries = useQueryClient();
  const params = { path: { id: campaign.id, line: line.id } };
  const edit = useEdit<Line, Values>({
    held: line,
    pick,
    save: (version, values) => {
      const { name, channel, committed_minor, note } = values;
      const body = { name: name ?? null, channel: channel ?? "", note: note ?? "", committed_minor: committed_minor ?? 0, ...planned(values) };
      return answer(api.PATCH("/api/v1/campaigns/{id}/budget-lines/{line}", { params, headers: ifMatch(version), body }));
    },
    read: async () => {
      const now = await queries.fetchQuery({ ...budgetQuery(campaign.id), staleTime: 0 });
      return present(now.lines.find((one) => one.line.id === line.id)?.line, t("error.notFound"));
    },
    onSaved: () => {
      void queries.invalidateQueries({ queryKey: ["campaigns", campaign.id] });
      onClose();
    },
    names: {
      name: t("budget.name"),
      channel: t("campaign.channel"),
      way: t("budget.way"),
      planned_minor: t("budget.planned"),
      unit_cost_minor: t("budget.unitCost"),
      quantity: t("order.quantity"),
      committed_minor: t("budget.committed"),
      note: t("budget.note"),
    },
    show: (field, value) => {
      if (field.endsWith("_minor")) return f.money(value as number | null, line.planned.currency);
      return field === "way" ? code("budget.way", String(value)) : undefined;
    },
  });
  return (
    <EditDialog of={edit} title={t("budget.lineChange")} onClose={onClose}>
      <Fields currency={line.planned.currency} />
    </EditDialog>
  );
}

function Fields({ fresh = false, currency }: { fresh?: boolean; currency: string }) {
  const { t, code } = useWords();
  const way = Form.useWatch<Values["way"] | undefined>("way") ?? "amount";
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <>
      {fresh && (
        <Form.Item name="kind" label={t("budget.kind")} rules={needed}>
          <Select autoFocus options={(Object.keys(KINDS) as Kind[]).map((value) => ({ value, label: code("budget.kind", value) }))} />
        </Form.Item>
      )}
      <Form.Item name="name" label={t("budget.name")} extra={fresh ? t("budget.nameHelp") : undefined}>
        <Input maxLength={200} autoFocus={!fresh} />
      </Form.Item>
      <Form.Item name="channel" label={t("campaign.channel")} extra={t("budget.channelHelp")}>
        <Input maxLength={100} />
      </Form.Item>
      {fresh && (
        <Form.Item name="currency" label={t("money.currency")}>
          <CurrencySelect />
        </Form.Item>
      )}
      <Form.Item name="way" label={t("budget.way")}>
        <Radio.Group options={(["amount", "units"] as const).map((value) => ({ value, label: t(`budget.way.${value}`) }))} />
      </Form.Item>
      {way === "amount" ? (
        <Form.Item name="planned_minor" label={t("budget.planned")} rules={needed}>
          <MoneyInput currency={currency} />
        </Form.Item>
      ) : (
        <>
          <Form.Item name="unit_cost_minor" label={t("budget.unitCost")} rules={needed}>
            <MoneyInput currency={currency} />
          </Form.Item>
          <Form.Item name="quantity" label={t("order.quantity")} rules={needed}>
            <InputNumber min={0} precision={0} style={{ width: 200 }} />
          </Form.Item>
        </>
      )}
      <Form.Item name="committed_minor" label={t("budget.committed")} extra={t("budget.committedHelp")}>
        <MoneyInput currency={currency} />
      </Form.Item>
      <Form.Item name="note" label={t("budget.note")}>
        <Input.TextArea rows={2} />
      </Form.Item>
    </>
  );
}
