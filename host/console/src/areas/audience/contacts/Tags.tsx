/** The tags of a contact; taking one off can be undone. */
import { PlusOutlined } from "@ant-design/icons";
import { Button, Card, Flex, Form, Input, Tag } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { useAction, useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { useProfileTaken } from "./questions";

export function Tags({ profile }: { profile: Schemas["Profile"] }) {
  const { t, f } = useWords();
  const may = useMay();
  const { run } = useAction();
  const [form] = Form.useForm<{ name: string }>();
  const { id } = profile.contact;
  const { take } = useProfileTaken(id);
  const put = async (name: string) => take(await answer(api.POST("/api/v1/contacts/{id}/tags", { params: { path: { id } }, body: { name } })));
  const remove = async (name: string) => take(await answer(api.DELETE("/api/v1/contacts/{id}/tags/{name}", { params: { path: { id, name } } })));
  const { busy, submit, alert } = useSubmit(form, async ({ name }: { name: string }) => {
    await put(name);
    form.resetFields();
  });
  return (
    <Card className="panel" title={t("contact.tags")}>
      <Flex gap={8} wrap className="table-tools">
        {profile.tags.map((tag) => (
          <Tag
            key={tag.name}
            closable={may("audience.write")}
            title={t("contact.tagFrom", { source: tag.source, at: f.date(tag.at) })}
            onClose={(event) => {
              event.preventDefault();
              void run(() => remove(tag.name), t("contact.tagRemoved", { name: tag.name }), () => put(tag.name));
            }}
          >
            {tag.name}
          </Tag>
        ))}
        {profile.tags.length === 0 && t("contact.noTags")}
      </Flex>
      {alert}
      {may("audience.write") && (
        <Form name="tag" form={form} layout="inline" onFinish={(values) => void submit(values)}>
          <Form.Item name="name" rules={[{ required: true, message: t("form.needed") }]}>
            <Input aria-label={t("contact.tagNew")} placeholder={t("contact.tagNew")} maxLength={80} />
          </Form.Item>
          <Button htmlType="submit" icon={<PlusOutlined />} loading={busy}>
            {t("contact.tagAdd")}
          </Button>
        </Form>
      )}
    </Card>
  );
}
