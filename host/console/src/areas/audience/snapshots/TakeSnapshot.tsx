/** Fix who is in a segment now as a list. */
import { CameraOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Form, Input, Modal, Select, Typography } from "antd";
import { useState } from "react";
import { answer, api } from "@/api/client";
import { segmentsQuery } from "@/areas/campaign/questions";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";

interface Values {
  segment: string;
  name: string;
}

/** `segment` where it stands fixed. */
export function TakeSnapshot({ segment, primary }: { segment?: { id: string; name: string }; primary?: boolean }) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button type={primary ? "primary" : "default"} icon={<CameraOutlined />} onClick={() => setOpen(true)}>
        {t("snapshot.take")}
      </Button>
      {open && <Ask {...(segment && { segment })} onClose={() => setOpen(false)} />}
    </>
  );
}

function Ask({ segment, onClose }: { segment?: { id: string; name: string }; onClose: () => void }) {
  const { t, f } = useWords();
  const [form] = Form.useForm<Values>();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const segments = useQuery({ ...segmentsQuery, enabled: segment === undefined });
  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    const made = await answer(api.POST("/api/v1/audience-snapshots", { body: { name: values.name, of: { segment: segment?.id ?? values.segment } } }));
    await queries.invalidateQueries({ queryKey: ["snapshots"] });
    onClose();
    await navigate({ to: "/audience/snapshots/$id", params: { id: made.id } });
  });
  const today = f.date(new Date().toISOString());
  return (
    <Modal open title={t("snapshot.take")} onCancel={onClose} onOk={() => form.submit()} okText={t("snapshot.take")} confirmLoading={busy}>
      <Typography.Paragraph>{t("snapshot.takeWhat")}</Typography.Paragraph>
      {alert}
      <Form name="snapshot" form={form} layout="vertical" initialValues={{ name: segment ? t("snapshot.ofDay", { name: segment.name, day: today }) : "" }} onFinish={(values) => void submit(values)}>
        {!segment && (
          <Form.Item name="segment" label={t("campaign.segment")} rules={[{ required: true, message: t("form.needed") }]}>
            <Select
              showSearch={{ optionFilterProp: "label" }}
              loading={segments.isPending}
              options={(segments.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
              onChange={(id: string) => {
                const chosen = segments.data?.items.find((one) => one.id === id);
                if (chosen && !form.isFieldTouched("name")) form.setFieldValue("name", t("snapshot.ofDay", { name: chosen.name, day: today }));
              }}
            />
          </Form.Item>
        )}
        <Form.Item name="name" label={t("segment.name")} rules={[{ required: true, message: t("form.needed") }]}>
          <Input maxLength={200} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
