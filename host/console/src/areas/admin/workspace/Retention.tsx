/** How long each kind of thing is kept; what is older is forgotten every night. */
import { EditOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Form, InputNumber, Radio } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { EditDialog, useMake } from "@/parts/edit";
import { useAction } from "@/parts/forms";
import { LinkButton } from "@/parts/LinkButton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { useMayEverywhere } from "../scope";

type Rule = Schemas["RetentionRule"];
const route = getRouteApi("/in/admin/retention");

export function Retention() {
  const { t, code } = useWords();
  const everywhere = useMayEverywhere();
  const { edit } = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useQuery({ queryKey: ["retention"], queryFn: () => answer(api.GET("/api/v1/retention")) });
  const rows = asked.data?.items ?? [];
  const writable = everywhere("workspace.write");
  const days = (value: number | null | undefined) => (value === null || value === undefined ? t("admin.forever") : t("admin.days", { n: value }));
  const columns: Column<Rule>[] = [
    { key: "what", title: t("admin.keptThing"), text: (row) => code("retention", row.what), cell: (row) => code("retention", row.what) },
    { key: "days", title: t("admin.keptFor"), text: (row) => row.days, cell: (row) => <strong>{days(row.days)}</strong> },
    { key: "usual", title: t("admin.keptUsual"), text: (row) => row.days_default, cell: (row) => days(row.days_default) },
    { key: "least", title: t("admin.keptLeast"), text: (row) => row.days_min, cell: (row) => days(row.days_min) },
  ];
  if (writable) {
    columns.push({
      key: "actions",
      title: t("admin.actions"),
      action: true,
      text: () => "",
      cell: (row) => (
        <LinkButton to="/admin/retention" search={{ edit: row.what }} size="small" icon={<EditOutlined />} aria-label={t("admin.editOf", { name: code("retention", row.what) })}>
          {t("admin.edit")}
        </LinkButton>
      ),
    });
  }
  const editing = rows.find((one) => one.what === edit);
  return (
    <AdminPage title={t("admin.retention")} lead={t("admin.retentionLead")} help={["admin.help.retention", "admin.help.retentionForget"]}>
      {asked.isError && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      <DataTable<Rule> name="retention" label={t("admin.retention")} columns={columns} rows={rows} rowKey={(row) => row.what} loading={asked.isPending} />
      {editing && writable && <Choose key={editing.what} rule={editing} onClose={() => void navigate({ search: {} })} />}
    </AdminPage>
  );
}

interface Values {
  kept: "days" | "forever";
  days?: number | null;
}

function Choose({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const { t, code } = useWords();
  const { ask } = useAction();
  const queries = useQueryClient();
  const what = code("retention", rule.what);

  async function set(days: number | null) {
    await answer(api.PUT("/api/v1/retention/{what}", { params: { path: { what: rule.what } }, body: { days } }));
    await queries.invalidateQueries({ queryKey: ["retention"] });
  }

  const start: Values = { kept: rule.days === null || rule.days === undefined ? "forever" : "days", days: rule.days ?? rule.days_default ?? rule.days_min };
  const making = useMake<Values>(start, async (values) => {
    const days = values.kept === "forever" ? null : (values.days ?? null);
    const sooner = days !== null && (rule.days === null || rule.days === undefined || days < rule.days);
    if (sooner) {
      ask(t("admin.keepLessAsk", { what }), t("admin.keepLessWhat", { n: days }), t("admin.keepLess"), async () => {
        await set(days);
        onClose();
      });
      return undefined;
    }
    await set(days);
    return onClose;
  });
  const kept = Form.useWatch("kept", making.form);
  return (
    <EditDialog of={making} title={what} label={t("form.save")} onClose={onClose}>
      <Form.Item name="kept" label={t("admin.keptFor")}>
        <Radio.Group
          options={[
            { value: "days", label: t("admin.someDays") },
            { value: "forever", label: t("admin.forever") },
          ]}
        />
      </Form.Item>
      {kept === "days" && (
        <Form.Item name="days" label={t("admin.daysKept")} extra={t("admin.daysLeast", { n: rule.days_min })} rules={[{ required: true, message: t("form.needed") }]}>
          <InputNumber precision={0} style={{ width: 160 }} />
        </Form.Item>
      )}
    </EditDialog>
  );
}
