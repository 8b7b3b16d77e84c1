/** What happened on days, beside the chart: read, written, taken away. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Card, Form, Input, Modal, Select } from "antd";
import { useMemo, useState } from "react";
import { useActor } from "@/api/actor";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { campaignNamesQuery } from "@/areas/campaign/questions";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { InstantInput } from "@/parts/fields";
import { useAction, useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import type { Span } from "../period";
import { useNames } from "../runs";

type Note = Schemas["Annotation"];
const NOTES_MAX = 100;
const KEY = ["annotations"] as const;

/** The notes of a span, and what a chart marks of them. */
export function useMarks(span: Span | undefined): { notes: Note[]; marks: { at: string; text: string }[] } {
  const may = useMay();
  const asked = useQuery({
    queryKey: [...KEY, span],
    enabled: span !== undefined && may("campaign.read"),
    queryFn: () => answer(api.GET("/api/v1/annotations", { params: { query: { from: span?.start, until: span?.end, limit: NOTES_MAX } } })),
  });
  return useMemo(() => {
    const notes = asked.data?.items ?? [];
    return { notes, marks: notes.map((one) => ({ at: one.at, text: one.text })) };
  }, [asked.data]);
}

export function Annotations({ notes }: { notes: Note[] }) {
  const { t, f } = useWords();
  const may = useMay();
  const who = useActor();
  const names = useNames();
  const { run } = useAction();
  const queries = useQueryClient();
  const [writing, setWriting] = useState(false);
  const again = () => queries.invalidateQueries({ queryKey: KEY });
  if (!may("campaign.read")) return null;

  async function remove(note: Note) {
    await api.DELETE("/api/v1/annotations/{id}", { params: { path: { id: note.id } } });
    await again();
  }

  async function put(note: Note) {
    await answer(api.POST("/api/v1/annotations", { body: { at: note.at, text: note.text, campaign: note.campaign ?? null } }));
    await again();
  }

  const columns: Column<Note>[] = [
    { key: "at", title: t("note.at"), text: (row) => row.at, cell: (row) => f.time(row.at) },
    { key: "text", title: t("note.text"), text: (row) => row.text, cell: (row) => <bdi>{row.text}</bdi> },
    { key: "campaign", title: t("attribution.campaign"), text: (row) => (row.campaign ? names.campaign(row.campaign) : ""), cell: (row) => (row.campaign ? <Link to="/campaigns/$id" params={{ id: row.campaign }}>{names.campaign(row.campaign)}</Link> : t("note.everywhere")) },
    { key: "author", title: t("run.by"), text: (row) => who(row.author), cell: (row) => who(row.author) },
    {
      key: "remove",
      title: t("note.act"),
      text: () => "",
      cell: (row) =>
        may("campaign.write") && (
          <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t("note.removeOne", { text: row.text })} title={t("note.remove")} onClick={() => void run(() => remove(row), t("note.removed"), () => put(row))} />
        ),
    },
  ];
  return (
    <Card
      className="panel"
      title={t("note.title")}
      extra={
        may("campaign.write") && (
          <Button size="small" icon={<PlusOutlined />} onClick={() => setWriting(true)}>
            {t("note.add")}
          </Button>
        )
      }
    >
      <DataTable name="annotations" label={t("note.title")} columns={columns} rows={notes} rowKey={(row) => row.id} empty={<Empty title={t("note.none")} what={t("note.noneWhat")} />} />
      {writing && (
        <Write
          onClose={() => setWriting(false)}
          onWritten={async () => {
            setWriting(false);
            await again();
          }}
        />
      )}
    </Card>
  );
}

interface Values {
  at: string;
  text: string;
  campaign?: string;
}

function Write({ onClose, onWritten }: { onClose: () => void; onWritten: () => Promise<void> }) {
  const { t } = useWords();
  const [form] = Form.useForm<Values>();
  const campaigns = useQuery(campaignNamesQuery);
  const { busy, submit, alert } = useSubmit(form, async ({ at, text, campaign }: Values) => {
    await answer(api.POST("/api/v1/annotations", { body: { at, text, campaign: campaign ?? null } }));
    await onWritten();
  });
  return (
    <Modal open title={t("note.add")} onCancel={onClose} onOk={() => form.submit()} okText={t("form.save")} confirmLoading={busy}>
      {alert}
      <Form form={form} layout="vertical" onFinish={(values) => void submit(values)}>
        <Form.Item name="at" label={t("note.at")} rules={[{ required: true, message: t("form.needed") }]}>
          <InstantInput />
        </Form.Item>
        <Form.Item name="text" label={t("note.text")} extra={t("note.textHelp")} rules={[{ required: true, message: t("form.needed") }]}>
          <Input />
        </Form.Item>
        <Form.Item name="campaign" label={t("attribution.campaign")}>
          <Select allowClear showSearch={{ optionFilterProp: "label" }} placeholder={t("note.everywhere")} options={(campaigns.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
