/** A mail server to be set up or changed. Password and signing key are sealed: they can be replaced, never read back. */
import { useQueryClient } from "@tanstack/react-query";
import { Checkbox, Form, Input, InputNumber, Modal, Radio, Typography } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { DIALOG_FORM, submits } from "../dialog";
import { useVersioned } from "../versioned";
import { changeOf, serverValues, type ServerValues } from "./mailServer";

type Server = Schemas["MailServer"];

export function MailServerForm({ server, onClose }: { server: Server | undefined; onClose: () => void }) {
  return server ? <Change server={server} onClose={onClose} /> : <Make onClose={onClose} />;
}

function Make({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [form] = Form.useForm<ServerValues>();
  const { busy, submit, alert } = useSubmit(form, async (values: ServerValues) => {
    await answer(api.POST("/api/v1/mail-servers", { body: changeOf(values) }));
    await queries.invalidateQueries({ queryKey: ["mail-servers"] });
    onClose();
  });
  return (
    <Modal open width={640} title={t("admin.serverNew")} onCancel={onClose} okButtonProps={submits} okText={t("form.create")} cancelText={t("form.cancel")} confirmLoading={busy}>
      {alert}
      <Form id={DIALOG_FORM} form={form} layout="vertical" initialValues={{ port: 587, security: "starttls", connections: 8 }} onFinish={(values) => void submit(values)} disabled={busy}>
        <Fields />
      </Form>
    </Modal>
  );
}

function Change({ server, onClose }: { server: Server; onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [form] = Form.useForm<ServerValues>();
  const params = { params: { path: { id: server.id } } };
  const { busy, submit, alert, conflict } = useVersioned<Server, ServerValues>({
    record: server,
    form,
    values: serverValues,
    names: {
      name: t("admin.name"),
      host: t("admin.serverHost"),
      port: t("admin.port"),
      security: t("admin.security"),
      username: t("admin.username"),
      connections: t("admin.connections"),
      rate_per_second: t("admin.rate"),
      bounce_domain: t("admin.bounceDomain"),
      dkim_domain: t("admin.dkimDomain"),
      dkim_selector: t("admin.dkimSelector"),
    },
    read: () => answer(api.GET("/api/v1/mail-servers/{id}", params)),
    save: (values, version) => answer(api.PATCH("/api/v1/mail-servers/{id}", { ...params, headers: ifMatch(version), body: changeOf(values) })),
    onSaved: () => {
      void queries.invalidateQueries({ queryKey: ["mail-servers"] });
      onClose();
    },
  });
  return (
    <>
      <Modal open width={640} title={t("admin.editOf", { name: server.name })} onCancel={onClose} okButtonProps={submits} okText={t("form.save")} cancelText={t("form.cancel")} confirmLoading={busy}>
        {alert}
        <Form id={DIALOG_FORM} form={form} layout="vertical" initialValues={serverValues(server)} onFinish={(values) => void submit(values)} disabled={busy}>
          <Fields server={server} />
        </Form>
      </Modal>
      {conflict}
    </>
  );
}

function Fields({ server }: { server?: Server }) {
  const { t } = useWords();
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <>
      <Form.Item name="name" label={t("admin.name")} rules={needed}>
        <Input autoFocus maxLength={200} autoComplete="off" />
      </Form.Item>
      <div className="policy-row">
        <Form.Item name="host" label={t("admin.serverHost")} rules={needed}>
          <Input style={{ width: 340 }} autoComplete="off" />
        </Form.Item>
        <Form.Item name="port" label={t("admin.port")} rules={needed}>
          <InputNumber precision={0} style={{ width: 110 }} />
        </Form.Item>
      </div>
      <Form.Item name="security" label={t("admin.security")} extra={t("admin.securityHelp")}>
        <Radio.Group options={(["tls", "starttls", "none"] as const).map((value) => ({ value, label: t(`security.${value}`) }))} />
      </Form.Item>
      <Form.Item name="username" label={t("admin.username")} extra={t("admin.usernameHelp")}>
        <Input autoComplete="off" />
      </Form.Item>
      <Secret name="password" label={t("admin.password")} set={server?.password_set ?? false} removeLabel={t("admin.passwordTake")} />
      <div className="policy-row">
        <Form.Item name="connections" label={t("admin.connections")} rules={needed}>
          <InputNumber precision={0} min={1} max={200} style={{ width: 160 }} />
        </Form.Item>
        <Form.Item name="rate_per_second" label={t("admin.rate")} extra={t("admin.rateHelp")}>
          <InputNumber precision={0} min={0} style={{ width: 160 }} />
        </Form.Item>
      </div>
      <Form.Item name="bounce_domain" label={t("admin.bounceDomain")} extra={t("admin.bounceDomainHelp")}>
        <Input autoComplete="off" />
      </Form.Item>
      <Typography.Title level={3}>{t("admin.dkimTitle")}</Typography.Title>
      <div className="policy-row">
        <Form.Item name="dkim_domain" label={t("admin.dkimDomain")}>
          <Input style={{ width: 260 }} autoComplete="off" />
        </Form.Item>
        <Form.Item name="dkim_selector" label={t("admin.dkimSelector")}>
          <Input style={{ width: 190 }} autoComplete="off" />
        </Form.Item>
      </div>
      <Secret name="dkim_key" label={t("admin.dkimKey")} set={server?.dkim_key_set ?? false} removeLabel={t("admin.dkimKeyTake")} long />
    </>
  );
}

/** Empty leaves what is kept; the box takes it away. */
function Secret({ name, label, set, removeLabel, long }: { name: "password" | "dkim_key"; label: string; set: boolean; removeLabel: string; long?: boolean }) {
  const { t } = useWords();
  const taken = Form.useWatch<boolean | undefined>(`${name}_taken`) ?? false;
  const placeholder = set ? t("admin.secretSet") : t("admin.secretNotSet");
  return (
    <>
      <Form.Item name={name} label={label}>
        {long ? (
          <Input.TextArea rows={3} className="mono" disabled={taken} placeholder={placeholder} autoComplete="off" />
        ) : (
          <Input.Password autoComplete="new-password" disabled={taken} placeholder={placeholder} />
        )}
      </Form.Item>
      {set && (
        <Form.Item name={`${name}_taken`} valuePropName="checked">
          <Checkbox>{removeLabel}</Checkbox>
        </Form.Item>
      )}
    </>
  );
}
