/** The workspace as a whole: its name, language and zone, and where its clock stands. */
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Button, Card, Descriptions, Form, Input, Select } from "antd";
import { useMemo, useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { workspaceQuery } from "@/api/me";
import { LeaveGuard } from "@/parts/forms";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { useMayEverywhere } from "../scope";
import { useVersioned } from "../versioned";
import { Clock } from "./Clock";

type Workspace = Schemas["Workspace"];
type Values = Pick<Workspace, "name" | "locale" | "zone">;

export function WorkspaceSettings() {
  const { t, f } = useWords();
  const everywhere = useMayEverywhere();
  const { data: workspace } = useSuspenseQuery(workspaceQuery);
  return (
    <AdminPage title={t("admin.workspace")} lead={t("admin.workspaceLead")} help={["admin.help.workspace", "admin.help.zone", "admin.help.clock"]}>
      <Settings workspace={workspace} writable={everywhere("workspace.write")} />
      <Clock workspace={workspace} writable={everywhere("workspace.write")} />
      <Card className="panel" title={t("admin.fixed")}>
        <Descriptions
          column={1}
          size="small"
          items={[
            { key: "currency", label: t("admin.currency"), children: t("admin.currencyWhat", { currency: workspace.currency }) },
            { key: "slug", label: t("admin.slug"), children: <span className="mono">{workspace.slug}</span> },
            { key: "id", label: t("admin.id"), children: <span className="mono">{workspace.id}</span> },
            { key: "created", label: t("admin.created"), children: f.time(workspace.created_at) },
          ]}
        />
      </Card>
    </AdminPage>
  );
}

function Settings({ workspace, writable }: { workspace: Workspace; writable: boolean }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const [dirty, setDirty] = useState(false);
  const zones = useMemo(() => [...new Set(["UTC", workspace.zone, ...Intl.supportedValuesOf("timeZone")])].map((value) => ({ value, label: value })), [workspace.zone]);
  const { busy, submit, alert, conflict } = useVersioned<Workspace, Values>({
    record: workspace,
    form,
    values: ({ name, locale, zone }) => ({ name, locale, zone }),
    names: { name: t("admin.name"), locale: t("admin.language"), zone: t("admin.zone") },
    read: () => answer(api.GET("/api/v1/workspace")),
    save: (body, version) => answer(api.PATCH("/api/v1/workspace", { headers: ifMatch(version), body })),
    onSaved: (next) => {
      setDirty(false);
      queries.setQueryData(workspaceQuery.queryKey, next);
    },
  });
  return (
    <Card className="panel" title={t("admin.settings")}>
      <LeaveGuard dirty={dirty} />
      {alert}
      <Form form={form} layout="vertical" initialValues={workspace} onFinish={(values) => void submit(values)} onValuesChange={() => setDirty(true)} disabled={busy || !writable} className="narrow">
        <Form.Item name="name" label={t("admin.name")} rules={[{ required: true, message: t("form.needed") }]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="locale" label={t("admin.language")} extra={t("admin.workspaceLanguageHelp")}>
          <Select options={(["en", "zh-CN"] as const).map((value) => ({ value, label: t(`language.${value}`) }))} />
        </Form.Item>
        <Form.Item name="zone" label={t("admin.zone")} extra={t("admin.zoneHelp")}>
          <Select showSearch={{ optionFilterProp: "label" }} options={zones} />
        </Form.Item>
        {writable && (
          <Button type="primary" htmlType="submit" loading={busy} disabled={!dirty}>
            {t("form.save")}
          </Button>
        )}
      </Form>
      {conflict}
    </Card>
  );
}
