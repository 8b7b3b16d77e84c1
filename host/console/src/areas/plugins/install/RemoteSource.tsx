/** A package that the host fetches: from a web server by its digest, or from an OCI registry by tag or digest. */
import { Button, Form, Input } from "antd";
import { useEffect, type ReactNode } from "react";
import type { Schemas } from "@/api/client";
import { namePath, ProblemError } from "@/api/problem";
import { useWords } from "@/words";
import { Sending } from "./FileSource";
import type { Incoming } from "./useIncoming";

type Values = Schemas["PackageSource"];

interface Props {
  incoming: Incoming;
  source: string | undefined;
  digest: string | undefined;
}

export function UrlSource(props: Props) {
  const { t } = useWords();
  return (
    <Remote {...props}>
      <Form.Item name="source" label={t("install.url")} extra={t("install.urlHelp")} rules={[{ required: true, message: t("form.needed") }]}>
        <Input type="url" inputMode="url" autoComplete="off" />
      </Form.Item>
      <Form.Item name="digest" label={t("install.digest")} extra={t("install.urlDigestHelp")}>
        <Input className="mono" autoComplete="off" />
      </Form.Item>
    </Remote>
  );
}

export function RegistrySource(props: Props) {
  const { t } = useWords();
  return (
    <Remote {...props}>
      <Form.Item name="source" label={t("install.artifact")} extra={t("install.artifactHelp")} rules={[{ required: true, message: t("form.needed") }]}>
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="digest" label={t("install.digest")} extra={t("install.ociDigestHelp")}>
        <Input className="mono" autoComplete="off" />
      </Form.Item>
      <Form.Item name="user" label={t("install.user")} extra={t("install.userHelp")}>
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="password" label={t("install.password")} extra={t("install.passwordHelp")}>
        <Input.Password autoComplete="new-password" visibilityToggle={false} />
      </Form.Item>
    </Remote>
  );
}

function Remote({ incoming, source, digest, children }: Props & { children: ReactNode }) {
  const { t } = useWords();
  const [form] = Form.useForm<Values>();
  const { refused, busy } = incoming;
  useEffect(() => {
    if (!(refused instanceof ProblemError)) return;
    for (const one of refused.problem.errors ?? []) form.setFields([{ name: namePath(one.field) as never, errors: [one.message] }]);
  }, [refused, form]);
  return (
    <Form
      form={form}
      layout="vertical"
      disabled={busy}
      initialValues={{ source, digest }}
      style={{ maxWidth: 640 }}
      onFinish={(values) => void incoming.look({ source: given(values) })}
    >
      {children}
      <Button type="primary" htmlType="submit" loading={busy}>
        {t("install.look")}
      </Button>
      <Sending incoming={incoming} />
    </Form>
  );
}

/** Only what was typed: an empty field says nothing. */
function given(values: Values): Values {
  const typed = Object.entries(values).flatMap(([name, value]) => (typeof value === "string" && value.trim() !== "" ? [[name, value.trim()]] : []));
  return { source: values.source.trim(), ...Object.fromEntries(typed) };
}
