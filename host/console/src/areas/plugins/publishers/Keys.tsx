/** The keys that are trusted to sign, for whom, and those that are revoked. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Card, Form, Input, Modal } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useActor } from "@/api/actor";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useSubmit } from "@/parts/forms";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { keysQuery } from "../questions";
import { RevokeDialog } from "./RevokeDialog";

type Key = Schemas["PublisherKey"];

export function Keys() {
  const { t, f, code } = useWords();
  const may = useMay();
  const who = useActor();
  const asked = useQuery(keysQuery);
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<Key>();
  const queries = useQueryClient();
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  const columns: Column<Key>[] = [
    { key: "publisher", title: t("trust.publisher"), text: (row) => row.publisher, cell: (row) => row.publisher },
    { key: "state", title: t("plugin.state"), text: (row) => code("key", row.state), cell: (row) => <StateTag mood={row.state === "trusted" ? "good" : "bad"}>{code("key", row.state)}</StateTag> },
    { key: "note", title: t("trust.note"), text: (row) => row.note, cell: (row) => <bdi>{row.note || "—"}</bdi> },
    { key: "key", title: t("trust.keyId"), text: (row) => row.key, cell: (row) => <span className="mono">{row.key}</span> },
    { key: "public", title: t("trust.publicKey"), text: (row) => row.public_key, cell: (row) => <span className="mono">{row.public_key}</span>, hidden: true },
    { key: "since", title: t("trust.since"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at) },
    { key: "by", title: t("trust.by"), text: (row) => who(row.created_by), cell: (row) => who(row.created_by) },
    { key: "revoked", title: t("trust.revokedAt"), text: (row) => row.revoked_reason ?? "", cell: (row) => (row.revoked_at ? t("trust.revokedWhy", { at: f.date(row.revoked_at), by: who(row.revoked_by), reason: row.revoked_reason ?? "—" }) : "—") },
    {
      key: "act",
      title: t("trust.step"),
      text: () => "",
      cell: (row) =>
        row.state === "trusted" && may("plugins.admin") ? (
          <Button size="small" danger onClick={() => setRevoking(row)}>
            {t("trust.revoke")}
          </Button>
        ) : null,
    },
  ];
  const add = may("plugins.admin") && <Button onClick={() => setAdding(true)}>{t("trust.add")}</Button>;
  return (
    <Card className="panel" title={t("trust.keys")}>
      {asked.data?.items.length === 0 ? (
        <Empty title={t("trust.noKeys")} what={t("trust.noKeysWhat")} action={add} />
      ) : (
        <DataTable<Key>
          name="publisher-keys"
          label={t("trust.keys")}
          columns={columns}
          rows={asked.data?.items ?? []}
          rowKey={(row) => `${row.publisher} ${row.key}`}
          loading={asked.isPending}
          tools={add}
        />
      )}
      {adding && <TrustDialog onClose={() => setAdding(false)} />}
      {revoking && (
        <RevokeDialog
          title={t("trust.revokeKeyAsk", { key: revoking.key })}
          what={t("trust.revokeKeyWhat")}
          onClose={() => setRevoking(undefined)}
          revoke={async (body) => {
            const done = await answer(api.POST("/api/v1/publisher-keys/{key}/revoke", { params: { path: { key: revoking.key } }, body }));
            await Promise.all([queries.invalidateQueries({ queryKey: keysQuery.queryKey }), queries.invalidateQueries({ queryKey: ["packages"] }), queries.invalidateQueries({ queryKey: ["installations"] })]);
            return done.versions;
          }}
        />
      )}
    </Card>
  );
}

function TrustDialog({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [form] = Form.useForm<Schemas["NewPublisherKey"]>();
  const { busy, submit, alert } = useSubmit(form, async (values: Schemas["NewPublisherKey"]) => {
    await answer(api.POST("/api/v1/publisher-keys", { body: values }));
    await Promise.all([queries.invalidateQueries({ queryKey: keysQuery.queryKey }), queries.invalidateQueries({ queryKey: ["packages"] })]);
    onClose();
  });
  return (
    <Modal open title={t("trust.add")} onCancel={onClose} onOk={() => form.submit()} okText={t("trust.addKey")} confirmLoading={busy}>
      {alert}
      <Form form={form} layout="vertical" onFinish={(values) => void submit(values)}>
        <Form.Item name="publisher" label={t("trust.publisher")} extra={t("trust.publisherHelp")} rules={[{ required: true, message: t("form.needed") }]}>
          <Input autoFocus maxLength={100} />
        </Form.Item>
        <Form.Item name="public_key" label={t("trust.publicKey")} extra={t("trust.publicKeyHelp")} rules={[{ required: true, message: t("form.needed") }]}>
          <Input className="mono" />
        </Form.Item>
        <Form.Item name="note" label={t("trust.note")} extra={t("trust.noteHelp")}>
          <Input maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
