/** Addresses that are never sent to again. Only hashes are kept: whoever adds or removes one must know it. */
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { App, Button, Card, Form, Input, Modal, Select, Typography } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { CHANNELS } from "../contacts/Consents";

type Suppression = Schemas["Suppression"];
type Asked = "add" | "remove";
const route = getRouteApi("/in/audience/consent");

export function Suppressions() {
  const { t, f, code } = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [asking, setAsking] = useState<Asked>();
  const channel = (row: Suppression) => (row.channel === "*" ? t("suppression.everyChannel") : code("channel", row.channel));
  const columns: Column<Suppression>[] = [
    { key: "hash", title: t("suppression.hash"), text: (row) => row.address_hash, cell: (row) => <span className="mono">{row.address_hash.slice(0, 16)}…</span> },
    { key: "channel", title: t("campaign.channel"), text: channel, cell: channel },
    { key: "reason", title: t("person.reason"), text: (row) => code("suppression.reason", row.reason), cell: (row) => code("suppression.reason", row.reason) },
    { key: "source", title: t("contact.source"), text: (row) => row.source, cell: (row) => row.source },
    { key: "at", title: t("why.at"), text: (row) => row.at, cell: (row) => f.time(row.at) },
  ];
  return (
    <Card className="panel" title={t("term.suppression")}>
      <Typography.Paragraph type="secondary">{t("suppression.what")}</Typography.Paragraph>
      <CursorTable<Suppression>
        name="suppressions"
        label={t("term.suppression")}
        columns={columns}
        rowKey={(row) => `${row.address_hash} ${row.channel}`}
        of={["suppressions"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/suppressions", { params: { query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: at })}
        empty={<Empty title={t("suppression.none")} what={t("suppression.noneWhat")} />}
        tools={
          may("audience.write") && (
            <>
              <Button size="small" onClick={() => setAsking("add")}>
                {t("suppression.add")}
              </Button>
              {may("audience.admin") && (
                <Button size="small" onClick={() => setAsking("remove")}>
                  {t("suppression.remove")}
                </Button>
              )}
            </>
          )
        }
      />
      {asking && <Ask what={asking} onClose={() => setAsking(undefined)} />}
    </Card>
  );
}

interface Values {
  address: string;
  channel: string;
  reason?: string;
}

function Ask({ what, onClose }: { what: Asked; onClose: () => void }) {
  const { t, code } = useWords();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const adds = what === "add";
  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    const body = { ...values, reason: values.reason || null };
    if (adds) await api.POST("/api/v1/suppressions", { body });
    else await api.POST("/api/v1/suppressions/remove", { body });
    await queries.invalidateQueries({ queryKey: ["suppressions"] });
    void message.success(t(adds ? "suppression.added" : "suppression.removed"));
    onClose();
  });
  return (
    <Modal open title={t(`suppression.${what}`)} onCancel={onClose} onOk={() => form.submit()} okText={t(`suppression.${what}`)} okButtonProps={{ danger: !adds }} confirmLoading={busy}>
      <Typography.Paragraph>{t(adds ? "suppression.addWhat" : "suppression.removeWhat")}</Typography.Paragraph>
      {alert}
      <Form name="suppression" form={form} layout="vertical" initialValues={{ channel: "email" }} onFinish={(values) => void submit(values)}>
        <Form.Item name="address" label={t("campaign.address")} rules={[{ required: true, message: t("form.needed") }]}>
          <Input autoFocus autoComplete="off" />
        </Form.Item>
        <Form.Item name="channel" label={t("campaign.channel")}>
          <Select options={[...CHANNELS.map((value) => ({ value: value as string, label: code("channel", value) })), { value: "*", label: t("suppression.everyChannel") }]} />
        </Form.Item>
        {adds && (
          <Form.Item name="reason" label={t("person.reason")} extra={t("suppression.reasonHelp")}>
            <Input />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}
