/** Topics people agree to, each by its own name. */
import { PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Form, Input, Modal } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { topicsQuery } from "@/areas/campaign/questions";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useSubmit } from "@/parts/forms";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";

type Topic = Schemas["Topic"];

export function Topics() {
  const { t } = useWords();
  const may = useMay();
  const [open, setOpen] = useState(false);
  const asked = useQuery(topicsQuery);
  const columns: Column<Topic>[] = [
    { key: "name", title: t("topic.name"), text: (row) => row.name, cell: (row) => <bdi>{row.name}</bdi> },
    { key: "code", title: t("campaign.code"), text: (row) => row.code, cell: (row) => <span className="mono">{row.code}</span> },
  ];
  const make = may("creative.write") && (
    <Button size="small" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
      {t("topic.new")}
    </Button>
  );
  return (
    <Card className="panel" title={t("topic.title")}>
      {asked.isError ? (
        <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />
      ) : (
        <DataTable<Topic> name="topics" label={t("topic.title")} columns={columns} rows={asked.data?.items ?? []} rowKey={(row) => row.id} loading={asked.isPending} tools={make} empty={<Empty title={t("topic.none")} what={t("topic.noneWhat")} />} />
      )}
      {open && <NewTopic onClose={() => setOpen(false)} />}
    </Card>
  );
}

function NewTopic({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [form] = Form.useForm<Schemas["TopicInput"]>();
  const { busy, submit, alert } = useSubmit(form, async (body: Schemas["TopicInput"]) => {
    await answer(api.POST("/api/v1/topics", { body }));
    await queries.invalidateQueries({ queryKey: topicsQuery.queryKey });
    void message.success(t("form.saved"));
    onClose();
  });
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <Modal open title={t("topic.new")} onCancel={onClose} onOk={() => form.submit()} okText={t("form.create")} confirmLoading={busy}>
      {alert}
      <Form name="topic" form={form} layout="vertical" onFinish={(values) => void submit(values)}>
        <Form.Item name="name" label={t("topic.name")} extra={t("topic.nameHelp")} rules={needed}>
          <Input autoFocus maxLength={200} />
        </Form.Item>
        <Form.Item name="code" label={t("campaign.code")} extra={t("topic.codeHelp")} rules={needed}>
          <Input maxLength={64} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
