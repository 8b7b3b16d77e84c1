/** Who is signed in: what they may do and where, and their password. */
import { useSuspenseQuery } from "@tanstack/react-query";
import { App, Button, Card, Descriptions, Flex, Form, Input, Tag } from "antd";
import { api, type Schemas } from "@/api/client";
import { meQuery } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { useSubmit } from "@/parts/forms";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { trail, useUnits } from "../units";
import { NewPassword } from "./NewPassword";

export function Account() {
  const { t, code } = useWords();
  const { data: me } = useSuspenseQuery(meQuery);
  const { nameOf } = useUnits();
  const { user } = me;
  return (
    <Page title={t("account.title")} lead={t("account.lead")} help={["admin.help.account", "admin.help.password"]}>
      <div className="two">
        <Card className="panel" title={t("admin.details")}>
          <Descriptions
            column={1}
            size="small"
            items={[
              { key: "name", label: t("admin.personName"), children: <bdi>{user?.name ?? me.actor}</bdi> },
              { key: "email", label: t("admin.email"), children: user?.email ?? "—" },
              { key: "roles", label: t("admin.roles"), children: user?.roles.map((one) => t("admin.roleIn", { role: code("role", one.role), unit: nameOf(one.unit) })).join(", ") || "—" },
            ]}
          />
        </Card>
        {user && <Password email={user.email} />}
      </div>
      <Grants grants={me.grants} />
    </Page>
  );
}

type Grant = Schemas["GrantShown"];

function Grants({ grants }: { grants: Grant[] }) {
  const { t } = useWords();
  const { units } = useUnits();
  const where = (row: Grant) => row.units?.map((path) => trail(units, path) || path).join(", ") ?? t("admin.wholeWorkspace");
  const columns: Column<Grant>[] = [
    { key: "where", title: t("account.where"), text: where, cell: (row) => <bdi>{where(row)}</bdi> },
    {
      key: "what",
      title: t("account.permissions"),
      text: (row) => row.permissions.join(" "),
      cell: (row) => (
        <Flex gap={4} wrap>
          {row.permissions.map((one) => (
            <Tag key={one} className="mono">
              {one === "*" ? t("account.everything") : one}
            </Tag>
          ))}
        </Flex>
      ),
    },
  ];
  return (
    <Card className="panel" title={t("account.may")}>
      <DataTable<Grant> name="permissions" label={t("account.may")} columns={columns} rows={grants} rowKey={(row) => `${where(row)} ${row.permissions.join()}`} />
    </Card>
  );
}

interface Values {
  old: string;
  new: string;
  again: string;
}

function Password({ email }: { email: string }) {
  const { t } = useWords();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    await api.POST("/api/v1/me/password", { body: { old: values.old, new: values.new } });
    form.resetFields();
    void message.success(t("account.passwordChanged"));
  });
  return (
    <Card className="panel" title={t("account.password")}>
      {alert}
      <Form form={form} layout="vertical" onFinish={(values) => void submit(values)} disabled={busy}>
        {/* For password managers, which ask whose password this is. */}
        <input type="text" name="username" value={email} autoComplete="username" readOnly hidden />
        <Form.Item name="old" label={t("account.old")} rules={[{ required: true, message: t("form.needed") }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <NewPassword name="new" />
        <Button type="primary" htmlType="submit" loading={busy}>
          {t("account.change")}
        </Button>
      </Form>
    </Card>
  );
}

