/** Send to the missing: a plan for those whom the campaign was meant for and did not reach. */
import { useNavigate } from "@tanstack/react-router";
import { Button, Card, Checkbox, Flex, Form, Input, Typography } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { EditDialog, useMake } from "@/parts/edit";
import { useWords } from "@/words";

type Row = Schemas["LedgerCount"];
type Reason = Schemas["Reason"];

/** Whom nobody writes to again: the control group, the suppressed, and who has another row. */
const NEVER: Reason[] = ["held_out", "suppressed", "duplicate_person"];
const REJECTED = "rejected";

interface Missed {
  key: Reason | typeof REJECTED;
  count: number;
}

/** Why people were missed who may be written to after all; most first. */
export function missedFor(rows: Row[]): Missed[] {
  return rows
    .flatMap((row): Missed[] => {
      if (row.count === 0) return [];
      if (row.state === REJECTED) return [{ key: row.state, count: row.count }];
      return row.state === "not_sent" && row.reason && !NEVER.includes(row.reason) ? [{ key: row.reason, count: row.count }] : [];
    })
    .sort((a, b) => b.count - a.count);
}

export function Missing({ campaign, rows }: { campaign: Schemas["Campaign"]; rows: Row[] }) {
  const { t } = useWords();
  const may = useMay();
  const [open, setOpen] = useState(false);
  const missed = missedFor(rows);
  if (missed.length === 0 || !may("campaign.write")) return null;
  return (
    <Card className="panel" title={t("missing.title")}>
      <Flex gap={16} wrap justify="space-between" align="center">
        <Typography.Text>{t("missing.what")}</Typography.Text>
        <Button onClick={() => setOpen(true)}>{t("missing.plan")}</Button>
      </Flex>
      {open && <PlanDialog campaign={campaign} missed={missed} onClose={() => setOpen(false)} />}
    </Card>
  );
}

interface Wish {
  name: string;
  keys: Missed["key"][];
}

function PlanDialog({ campaign, missed, onClose }: { campaign: Schemas["Campaign"]; missed: Missed[]; onClose: () => void }) {
  const { t, f, code } = useWords();
  const navigate = useNavigate();
  const make = useMake<Wish>({ name: t("missing.name", { name: campaign.name }), keys: missed.map((one) => one.key) }, async ({ name, keys }) => {
    const reasons = keys.filter((key) => key !== REJECTED);
    const body = { name, reasons, rejected: keys.includes(REJECTED) };
    const draft = await answer(api.POST("/api/v1/campaigns/{id}/follow-up", { params: { path: { id: campaign.id } }, body }));
    return () => navigate({ to: "/campaigns/$id", params: { id: draft.id }, search: { tab: "brief" } });
  });
  const label = ({ key, count }: Missed) => t("missing.reason", { reason: key === REJECTED ? code("send.state", key) : code("send.reason", key), n: f.number(count) });
  return (
    <EditDialog of={make} title={t("missing.plan")} onClose={onClose}>
      <Form.Item name="name" label={t("campaign.name")} rules={[{ required: true, message: t("form.needed") }]}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="keys" label={t("missing.reasons")} extra={t("missing.reasonsHelp")} rules={[{ required: true, message: t("form.needed") }]}>
        <Checkbox.Group className="lines" options={missed.map((one) => ({ value: one.key, label: label(one) }))} />
      </Form.Item>
    </EditDialog>
  );
}
