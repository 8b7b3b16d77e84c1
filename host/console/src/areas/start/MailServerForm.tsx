/** The mail server: saved, then checked without sending anything. Its password goes in and never comes back. */
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Flex, Form, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { mailServersQuery } from "@/areas/campaign/questions";
import { useSubmit } from "@/parts/forms";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import type { StartDraft } from "./steps";

type Security = Schemas["Security"];
const PORTS: Record<Security, number> = { tls: 465, starttls: 587, none: 25 };

interface Values {
  name: string;
  host: string;
  port: number;
  security: Security;
  username?: string;
  password?: string;
}

interface Props {
  server: Schemas["MailServer"] | undefined;
  draft: StartDraft["server"];
  keep: (more: StartDraft["server"]) => void;
}

export function MailServerForm({ server, draft, keep }: Props) {
  const { t } = useWords();
  const may = useMay();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const { busy, submit, alert } = useSubmit(form, async ({ password, ...values }: Values) => {
    // An empty password leaves the one that is kept.
    const body = { ...values, username: values.username ?? "", ...(password && { password }) };
    if (server) await answer(api.PATCH("/api/v1/mail-servers/{id}", { params: { path: { id: server.id } }, headers: ifMatch(server.version), body }));
    else await answer(api.POST("/api/v1/mail-servers", { body }));
    keep({});
    await queries.invalidateQueries({ queryKey: mailServersQuery.queryKey });
  });
  const start = { name: "main", security: "starttls", port: PORTS.starttls, ...server, ...draft };
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <>
      <Form
        name="server"
        form={form}
        layout="vertical"
        initialValues={start}
        disabled={busy || !may("delivery.admin")}
        onValuesChange={(changed: Partial<Values>, { password: _secret, ...all }) => {
          if (changed.security) form.setFieldValue("port", PORTS[changed.security]);
          keep({ ...all, ...(changed.security && { port: PORTS[changed.security] }) });
        }}
        onFinish={(values) => void submit(values)}
      >
        {alert}
        <Flex gap={12} wrap>
          <Form.Item name="host" label={t("start.server.host")} rules={needed} style={{ flex: "1 1 220px" }}>
            <Input autoComplete="off" />
          </Form.Item>
          <Form.Item name="security" label={t("start.server.security")}>
            <Select style={{ width: 200 }} options={(Object.keys(PORTS) as Security[]).map((value) => ({ value, label: t(`start.security.${value}`) }))} />
          </Form.Item>
          <Form.Item name="port" label={t("start.server.port")} rules={needed}>
            <InputNumber min={1} max={65535} />
          </Form.Item>
        </Flex>
        <Form.Item name="username" label={t("start.server.username")}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="password" label={t("signIn.password")} extra={t(server?.password_set ? "start.server.passwordKept" : "start.server.passwordHelp")}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item name="name" label={t("start.server.name")} rules={needed}>
          <Input maxLength={100} />
        </Form.Item>
        <Button htmlType="submit" loading={busy}>
          {t("form.save")}
        </Button>
      </Form>
      {server && <Check key={server.version} id={server.id} />}
    </>
  );
}

function Check({ id }: { id: string }) {
  const { t } = useWords();
  const may = useMay();
  const [found, setFound] = useState<Schemas["MailServerTest"]>();
  const [refused, setRefused] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  async function check() {
    setBusy(true);
    setRefused(undefined);
    try {
      setFound(await answer(api.POST("/api/v1/mail-servers/{id}/test", { params: { path: { id } } })));
    } catch (error) {
      setRefused(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="section" role="status" aria-live="polite">
      {may("delivery.admin") && (
        <Button onClick={() => void check()} loading={busy}>
          {t("start.server.check")}
        </Button>
      )}
      {refused !== undefined && <ProblemAlert error={refused} />}
      {found && (
        <Alert
          className="section"
          showIcon
          type={!found.ok ? "error" : found.encrypted ? "success" : "warning"}
          title={t(found.ok ? "start.server.ok" : "start.server.bad", { n: found.took_ms })}
          description={found.ok ? t(found.encrypted ? "start.server.encrypted" : "start.server.plain") : (found.error ?? "")}
        />
      )}
    </div>
  );
}
