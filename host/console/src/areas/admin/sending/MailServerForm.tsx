/** A mail server to be set up or changed. Password and signing key are sealed: they can be replaced, never read back. */
import { useQueryClient } from "@tanstack/react-query";
import { Checkbox, Form, Input, InputNumber, Radio, Typography } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { EditDialog, useEdit, useMake } from "@/parts/edit";
import { useWords } from "@/words";
import { changeOf, serverValues, type ServerValues } from "./mailServer";

type Server = Schemas["MailServer"];
const WIDTH = 640;

export function MailServerForm({ server, onClose }: { server: Server | undefined; onClose: () => void }) {
  return server ? <Change server={server} onClose={onClose} /> : <Make onClose={onClose} />;
}

function Make({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const making = useMake<ServerValues>({ port: 587, security: "starttls", connections: 8 }, async (values) => {
    await answer(api.POST("/api/v1/mail-servers", { body: changeOf(values) }));
    await queries.invalidateQueries({ queryKey: ["mail-servers"] });
    return onClose;
  });
  return (
    <EditDialog of={making} width={WIDTH} title={t("admin.serverNew")} onClose={onClose}>
      <Fields />
    </EditDialog>
  );
}

function Change({ server, onClose }: { server: Server; onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const params = { params: { path: { id: server.id } } };
  const edit = useEdit<Server, ServerValues>({
    held: server,
    pick: serverValues,
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
      password: t("admin.password"),
      password_taken: t("admin.passwordTake"),
      dkim_key: t("admin.dkimKey"),
      dkim_key_taken: t("admin.dkimKeyTake"),
    },
    show: (field, value) => {
      if (field === "password" || field === "dkim_key") return value ? t("conflict.secret") : "—";
      return field.endsWith("_taken") ? t(value ? "form.yes" : "form.no") : undefined;
    },
    read: () => answer(api.GET("/api/v1/mail-servers/{id}", params)),
    save: (version, values) => answer(api.PATCH("/api/v1/mail-servers/{id}", { ...params, headers: ifMatch(version), body: changeOf(values) })),
    onSaved: () => {
      void queries.invalidateQueries({ queryKey: ["mail-servers"] });
      onClose();
    },
  });
  return (
    <EditDialog of={edit} width={WIDTH} title={t("admin.editOf", { name: server.name })} onClose={onClose}>
      <Fields server={server} />
    </EditDialog>
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
      <Typography.Title level={2}>{t("admin.dkimTitle")}</Typography.Title>
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
