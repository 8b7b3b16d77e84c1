/** An audience of the best that were ranked: a frozen list, and a segment of it that a campaign can choose. */
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Form, Input, InputNumber, Modal, Typography } from "antd";
import { useRef } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { briefOf } from "./brief";

interface Values {
  top: number;
  name: string;
}

const TOP_USUAL = 500;

export function MakeAudience({ held, onClose }: { held: Schemas["Recommendation"]; onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [form] = Form.useForm<Values>();
  /** The list of an attempt whose segment was refused: it is not made twice. */
  const taken = useRef<{ top: number; id: string }>(undefined);
  const { busy, submit, alert } = useSubmit(form, async ({ top, name }: Values) => {
    if (taken.current?.top !== top) {
      const snapshot = await answer(api.POST("/api/v1/recommendations/{id}/audience", { params: { path: { id: held.id } }, body: { top, name } }));
      taken.current = { top, id: snapshot.id };
    }
    const rule = { on: "snapshot", id: taken.current.id } as unknown as Record<string, never>;
    const segment = await answer(api.POST("/api/v1/segments", { body: { name, rule, description: t("recommend.audienceFrom", { n: top, objective: briefOf(held.brief).objective }) } }));
    await queries.invalidateQueries({ queryKey: ["segments"] });
    await navigate({ to: "/audience/segments/$id", params: { id: segment.id } });
  });
  const needed = { required: true, message: t("form.needed") };
  return (
    <Modal open title={t("recommend.toAudience")} onCancel={onClose} onOk={() => form.submit()} okText={t("form.create")} cancelText={t("form.cancel")} confirmLoading={busy} destroyOnHidden>
      <Typography.Paragraph>{t("recommend.audienceWhat")}</Typography.Paragraph>
      {alert}
      <Form<Values> form={form} layout="vertical" initialValues={{ top: Math.min(held.ranked, TOP_USUAL) }} onFinish={(values) => void submit(values)} disabled={busy}>
        <Form.Item name="top" label={t("recommend.top")} extra={t("recommend.topHelp", { n: held.ranked })} rules={[needed]}>
          <InputNumber min={1} max={held.ranked} precision={0} style={{ width: 160 }} />
        </Form.Item>
        <Form.Item name="name" label={t("segment.name")} rules={[{ ...needed, whitespace: true }]}>
          <Input maxLength={200} autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  );
}
