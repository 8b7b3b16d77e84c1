/** What people agree to hear about. */
import { PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Form, Input } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { topicsQuery } from "@/areas/campaign/questions";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { EditDialog, useMake } from "@/parts/edit";
import { LinkButton } from "@/parts/LinkButton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { useMayEverywhere } from "../scope";

type Topic = Schemas["Topic"];
const route = getRouteApi("/in/admin/topics");

export function Topics() {
  const { t } = useWords();
  const writable = useMayEverywhere()("creative.write");
  const { edit } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useQuery(topicsQuery);
  const columns: Column<Topic>[] = [
    { key: "name", title: t("admin.name"), text: (row) => row.name, cell: (row) => <bdi>{row.name}</bdi> },
    { key: "code", title: t("admin.code"), text: (row) => row.code, cell: (row) => <span className="mono">{row.code}</span> },
  ];
  const make = writable && (
    <LinkButton to="/admin/topics" search={{ edit: "new" }} type="primary" icon={<PlusOutlined />}>
      {t("admin.topicNew")}
    </LinkButton>
  );
  return (
    <AdminPage title={t("admin.topics")} lead={t("admin.topicsLead")} help={["admin.help.topics"]} actions={make}>
      {asked.isError && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      <DataTable<Topic>
        name="topics"
        label={t("admin.topics")}
        columns={columns}
        rows={asked.data?.items ?? []}
        rowKey={(row) => row.id}
        loading={asked.isPending}
        empty={<Empty title={t("admin.noTopics")} what={t("admin.noTopicsWhat")} action={make} />}
      />
      {writable && edit === "new" && <NewTopic onClose={() => void navigate({ search: {} })} />}
    </AdminPage>
  );
}

function NewTopic({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const making = useMake<Schemas["TopicInput"]>({}, async (body) => {
    await answer(api.POST("/api/v1/topics", { body }));
    await queries.invalidateQueries({ queryKey: topicsQuery.queryKey });
    return onClose;
  });
  return (
    <EditDialog of={making} title={t("admin.topicNew")} onClose={onClose}>
      <Form.Item name="name" label={t("admin.name")} extra={t("admin.topicNameHelp")} rules={[{ required: true, message: t("form.needed") }]}>
        <Input autoFocus maxLength={200} />
      </Form.Item>
      <Form.Item name="code" label={t("admin.code")} extra={t("admin.topicCodeHelp")} rules={[{ required: true, message: t("form.needed") }]}>
        <Input maxLength={60} autoComplete="off" />
      </Form.Item>
    </EditDialog>
  );
}
