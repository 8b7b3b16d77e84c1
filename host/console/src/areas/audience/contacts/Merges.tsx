/** Records that were found to be this person: merge another in, and take a merge back. */
import { MergeCellsOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Card, Form, Input, Modal, Select, Typography } from "antd";
import { useDeferredValue, useState } from "react";
import { useActor } from "@/api/actor";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useAction, useSubmit } from "@/parts/forms";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { useProfileTaken } from "./questions";

type Merge = Schemas["ContactMerge"];
const FOUND_MAX = 8;

export function Merges({ profile }: { profile: Schemas["Profile"] }) {
  const { t, f } = useWords();
  const may = useMay();
  const who = useActor();
  const { ask } = useAction();
  const [merging, setMerging] = useState(false);
  const { again } = useProfileTaken(profile.contact.id);
  const write = may("audience.write");

  function undo(merge: Merge) {
    ask(t("merge.undoAsk"), t("merge.undoWhat"), t("form.undo"), async () => {
      await api.POST("/api/v1/contact-merges/{id}/undo", { params: { path: { id: merge.id } } });
      await again();
    }, false);
  }

  const state = (row: Merge) => (row.undone_at ? t("merge.undoneAt", { at: f.time(row.undone_at) }) : t("merge.holds"));
  const columns: Column<Merge>[] = [
    { key: "loser", title: t("merge.record"), text: (row) => row.loser, cell: (row) => <span className="mono">{row.loser}</span> },
    { key: "at", title: t("why.at"), text: (row) => row.at, cell: (row) => f.time(row.at) },
    { key: "reason", title: t("person.reason"), text: (row) => row.reason, cell: (row) => row.reason || "—" },
    { key: "actor", title: t("why.actor"), text: (row) => who(row.actor), cell: (row) => who(row.actor) },
    { key: "state", title: t("campaign.state"), text: state, cell: (row) => <StateTag mood={row.undone_at ? "quiet" : "good"}>{state(row)}</StateTag> },
    ...(write
      ? [
          {
            key: "undo",
            title: t("form.undo"),
            text: () => "",
            cell: (row: Merge) =>
              !row.undone_at && (
                <Button size="small" onClick={() => undo(row)}>
                  {t("form.undo")}
                </Button>
              ),
          },
        ]
      : []),
  ];
  return (
    <Card className="panel" title={t("merge.title")}>
      <DataTable
        name="merges"
        label={t("merge.title")}
        columns={columns}
        rows={profile.merges}
        rowKey={(row) => row.id}
        empty={<Empty title={t("merge.none")} what={t("merge.noneWhat")} />}
        tools={
          write && (
            <Button size="small" icon={<MergeCellsOutlined />} onClick={() => setMerging(true)}>
              {t("merge.do")}
            </Button>
          )
        }
      />
      {merging && <Ask contact={profile.contact} onClose={() => setMerging(false)} />}
    </Card>
  );
}

function Ask({ contact, onClose }: { contact: Schemas["Contact"]; onClose: () => void }) {
  const { t } = useWords();
  const [form] = Form.useForm<{ loser: string; reason?: string }>();
  const [text, setText] = useState("");
  const asked = useDeferredValue(text.trim());
  const { again } = useProfileTaken(contact.id);
  const found = useQuery({
    queryKey: ["contacts", "find", asked],
    enabled: asked.length > 1,
    queryFn: () => answer(api.GET("/api/v1/contacts", { params: { query: { q: asked, limit: FOUND_MAX } } })),
  });
  const { busy, submit, alert } = useSubmit(form, async (body: { loser: string; reason?: string }) => {
    await answer(api.POST("/api/v1/contacts/{id}/merge", { params: { path: { id: contact.id } }, body }));
    await again();
    onClose();
  });
  const others = (found.data?.items ?? []).filter((one) => one.id !== contact.id);
  return (
    <Modal open title={t("merge.do")} onCancel={onClose} onOk={() => form.submit()} okText={t("merge.do")} confirmLoading={busy} width={600}>
      <Alert type="info" showIcon className="banner" title={t("merge.what", { name: contact.name || t("contact.unnamed") })} />
      {alert}
      <Form form={form} layout="vertical" onFinish={(values) => void submit(values)}>
        <Form.Item name="loser" label={t("merge.other")} extra={t("contact.search")} rules={[{ required: true, message: t("form.needed") }]}>
          <Select
            showSearch={{ onSearch: setText, filterOption: false }}
            loading={found.isFetching}
            notFoundContent={asked.length > 1 && !found.isFetching ? t("search.none", { text: asked }) : null}
            options={others.map((one) => ({ value: one.id, label: `${one.name || t("contact.unnamed")} · ${one.id}` }))}
          />
        </Form.Item>
        <Form.Item name="reason" label={t("person.reason")}>
          <Input maxLength={200} />
        </Form.Item>
      </Form>
      <Typography.Text type="secondary">{t("merge.canUndo")}</Typography.Text>
    </Modal>
  );
}
