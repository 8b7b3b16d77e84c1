/** What people agree to hear about. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Card, Form, Input } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { topicsQuery } from "@/areas/campaign/questions";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { EditDialog, useMake } from "@/parts/edit";
import { Empty } from "@/parts/Empty";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { useEdited, useMakeButton } from "./edited";

type Topic = Schemas["Topic"];

export function TopicList() {
  const { t } = useWords();
  const asked = useQuery(topicsQuery);
  const { fresh, close } = useEdited<Topic>("topic", asked.data?.items);
  const make = useMakeButton("topic", t("topic.new"));
  const columns: Column<Topic>[] = [
    { key: "name", title: t("topic.name"), text: (row) => row.name, cell: (row) => <bdi>{row.name}</bdi> },
    { key: "code", title: t("topic.code"), text: (row) => row.code, cell: (row) => <span className="mono">{row.code}</span> },
  ];
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  return (
    <Card className="panel" title={t("topic.all")} extra={asked.data?.items.length ? make : null}>
      <DataTable<Topic> name="topics" label={t("topic.all")} columns={columns} rows={asked.data?.items ?? []} rowKey={(row) => row.id} loading={asked.isPending} empty={<Empty title={t("topic.none")} what={t("topic.noneWhat")} action={make} />} />
      {fresh && <TopicDialog onClose={close} />}
    </Card>
  );
}

function TopicDialog({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const making = useMake<Schemas["TopicInput"]>({}, async (body) => {
    await answer(api.POST("/api/v1/topics", { body }));
    await queries.invalidateQueries({ queryKey: ["topics"] });
    return onClose;
  });
  const needed = [{ required: true, whitespace: true, message: t("form.needed") }];
  return (
    <EditDialog of={making} title={t("topic.new")} onClose={onClose}>
      <Form.Item name="name" label={t("topic.name")} extra={t("topic.nameHelp")} rules={needed}>
        <Input maxLength={200} autoFocus />
      </Form.Item>
      <Form.Item name="code" label={t("topic.code")} extra={t("topic.codeHelp")} rules={needed}>
        <Input maxLength={60} />
      </Form.Item>
    </EditDialog>
  );
}
