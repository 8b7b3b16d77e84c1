/** The workspace as a whole: its name, language and zone, and where its clock stands. */
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Card, Descriptions, Form, Input, Select } from "antd";
import { useMemo } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { workspaceQuery } from "@/api/me";
import { EditForm, useEdit } from "@/parts/edit";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { useMayEverywhere } from "../scope";
import { Clock } from "./Clock";

type Workspace = Schemas["Workspace"];
type Values = Pick<Workspace, "name" | "locale" | "zone" | "currency">;
const CURRENCIES = Intl.supportedValuesOf("currency");

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
  const { t, language } = useWords();
  const queries = useQueryClient();
  const named = new Intl.DisplayNames(language, { type: "currency" });
  const zones = useMemo(() => [...new Set(["UTC", workspace.zone, ...Intl.supportedValuesOf("timeZone")])].map((value) => ({ value, label: value })), [workspace.zone]);
  const edit = useEdit<Workspace, Values>({
    held: workspace,
    pick: ({ name, locale, zone, currency }) => ({ name, locale, zone, currency }),
    names: { name: t("admin.name"), locale: t("admin.language"), zone: t("admin.zone"), currency: t("admin.currency") },
    read: () => answer(api.GET("/api/v1/workspace")),
    save: (version, body) => answer(api.PATCH("/api/v1/workspace", { headers: ifMatch(version), body })),
    onSaved: (next) => queries.setQueryData(workspaceQuery.queryKey, next),
  });
  return (
    <Card className="panel" title={t("admin.settings")}>
      <EditForm of={edit} writable={writable} className="narrow">
        <Form.Item name="name" label={t("admin.name")} rules={[{ required: true, message: t("form.needed") }]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="locale" label={t("admin.language")} extra={t("admin.workspaceLanguageHelp")}>
          <Select options={(["en", "zh-CN"] as const).map((value) => ({ value, label: t(`language.${value}`) }))} />
        </Form.Item>
        <Form.Item name="zone" label={t("admin.zone")} extra={t("admin.zoneHelp")}>
          <Select showSearch={{ optionFilterProp: "label" }} options={zones} />
        </Form.Item>
        <Form.Item name="currency" label={t("admin.currency")} extra={t("admin.currencyHelp")}>
          <Select showSearch={{ optionFilterProp: "label" }} options={CURRENCIES.map((value) => ({ value, label: `${value} · ${named.of(value) ?? ""}` }))} />
        </Form.Item>
      </EditForm>
    </Card>
  );
}
