/** What a person may ask for: everything known of them as a file, or to be forgotten, with a certificate. */
import { useQuery } from "@tanstack/react-query";
import { App, Button, Flex, Form, Input, Modal, Typography } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { download } from "@/parts/csv";
import { useSubmit } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";

type Kind = Schemas["RequestKind"];
type Contact = Schemas["Contact"];

const LOOK_AGAIN_MS = 1_000;

/** Of a person who was forgotten only the number stays, and this as where it came from. */
export const isErased = (contact: Contact) => contact.source === "erased";

export function PersonRights({ contact }: { contact: Contact }) {
  const { t } = useWords();
  const may = useMay();
  const [asking, setAsking] = useState<Kind>();
  const [asked, setAsked] = useState<string>();
  return (
    <>
      {may("audience.export") && <Button onClick={() => setAsking("export")}>{t("person.export")}</Button>}
      {may("audience.erase") && !isErased(contact) && (
        <Button danger onClick={() => setAsking("erasure")}>
          {t("person.erasure")}
        </Button>
      )}
      {asking && (
        <Ask
          contact={contact}
          kind={asking}
          onClose={() => setAsking(undefined)}
          onAsked={(id) => {
            setAsking(undefined);
            setAsked(id);
          }}
        />
      )}
      {asked && <Outcome id={asked} onClose={() => setAsked(undefined)} />}
    </>
  );
}

interface Values {
  reason?: string;
  confirm?: string;
}

function Ask({ contact, kind, onClose, onAsked }: { contact: Contact; kind: Kind; onClose: () => void; onAsked: (id: string) => void }) {
  const { t } = useWords();
  const [form] = Form.useForm<Values>();
  const { busy, submit, alert } = useSubmit(form, async ({ reason = "", confirm = "" }: Values) => {
    const params = { params: { path: { id: contact.id } } };
    const made =
      kind === "export"
        ? await answer(api.POST("/api/v1/contacts/{id}/export", { ...params, body: { reason } }))
        : await answer(api.POST("/api/v1/contacts/{id}/erase", { ...params, body: { reason, confirm } }));
    onAsked(made.id);
  });
  const erasure = kind === "erasure";
  return (
    <Modal
      open
      title={t(`person.${kind}`)}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t(`person.${kind}`)}
      okButtonProps={{ danger: erasure }}
      confirmLoading={busy}
    >
      <Typography.Paragraph>{t(erasure ? "person.erasureWhat" : "person.exportWhat")}</Typography.Paragraph>
      {alert}
      <Form form={form} layout="vertical" onFinish={(values) => void submit(values)}>
        <Form.Item name="reason" label={t("person.reason")} extra={t("person.reasonHelp")}>
          <Input autoFocus />
        </Form.Item>
        {erasure && (
          <Form.Item name="confirm" label={t("person.confirm")} extra={<span className="mono">{contact.id}</span>} rules={[{ required: true, message: t("form.needed") }]}>
            <Input autoComplete="off" />
          </Form.Item>
        )}
      </Form>
    </Modal>
  );
}

function Outcome({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords();
  const asked = useQuery({
    queryKey: ["person-requests", id],
    queryFn: () => answer(api.GET("/api/v1/person-requests/{id}", { params: { path: { id } } })),
    refetchInterval: (query) => (query.state.data?.state === "running" ? LOOK_AGAIN_MS : false),
  });
  const held = asked.data;
  return (
    <Modal open title={t(held?.kind === "erasure" ? "person.erasure" : "person.export")} onCancel={onClose} footer={null} width={640}>
      <div role="status" aria-live="polite">
        {asked.isError ? <ProblemAlert error={asked.error} /> : !held || held.state === "running" ? <Loading /> : <Done held={held} />}
      </div>
    </Modal>
  );
}

function Done({ held }: { held: Schemas["PersonRequest"] }) {
  const { t, f } = useWords();
  const { message } = App.useApp();
  if (held.kind === "export") {
    const at = `/api/v1/person-requests/${held.id}/document`;
    return (
      <Flex vertical gap={8}>
        <Typography.Text>{t("person.exported", { size: f.bytes(held.bytes) })}</Typography.Text>
        <a href={`${at}?format=zip`} download>
          {t("person.zip")}
        </a>
        <a href={at} download>
          {t("person.json")}
        </a>
      </Flex>
    );
  }
  const certificate = JSON.stringify({ certificate: held.certificate, signature: held.signature }, null, 1);
  return (
    <>
      <Typography.Paragraph>{t("person.erased")}</Typography.Paragraph>
      <pre className="mono plain scroll">{certificate}</pre>
      <Button
        className="section"
        onClick={() => {
          download(`erasure-${held.id}.json`, certificate, "application/json");
          void message.success(t("person.certificateSaved"));
        }}
      >
        {t("person.certificate")}
      </Button>
    </>
  );
}
