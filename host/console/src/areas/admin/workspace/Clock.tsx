/** Where the workspace's clock stands: with the present, or at an instant of the past from which it only goes forward. */
import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Flex, Form, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { workspaceQuery } from "@/api/me";
import { InstantInput } from "@/parts/fields";
import { useAction, useSubmit } from "@/parts/forms";
import { useWords } from "@/words";

export function Clock({ workspace, writable }: { workspace: Schemas["Workspace"]; writable: boolean }) {
  const { t, f } = useWords();
  const { ask } = useAction();
  const queries = useQueryClient();
  const [form] = Form.useForm<{ stands_at?: string | null }>();

  async function set(stands_at: string | null) {
    queries.setQueryData(workspaceQuery.queryKey, await answer(api.PUT("/api/v1/workspace/clock", { body: { stands_at } })));
    // What every page shows depends on it.
    await queries.invalidateQueries();
  }

  const { busy, submit, alert } = useSubmit(form, async ({ stands_at }: { stands_at?: string | null }) => {
    if (stands_at) await set(stands_at);
  });
  const back = () => ask(t("admin.clockPresentAsk"), t("admin.clockPresentWhat"), t("admin.clockPresent"), () => set(null), false);
  return (
    <Card className="panel" title={t("admin.clock")}>
      <Typography.Paragraph role="status">{workspace.stands_at ? t("admin.clockStands", { at: f.time(workspace.stands_at) }) : t("admin.clockGoes")}</Typography.Paragraph>
      {alert}
      {writable && (
        <Form form={form} layout="vertical" onFinish={(values) => void submit(values)} disabled={busy}>
          <Form.Item name="stands_at" label={t("admin.clockAt")} extra={t("admin.clockHelp")} rules={[{ required: true, message: t("form.needed") }]}>
            <InstantInput />
          </Form.Item>
          <Flex gap={8}>
            <Button htmlType="submit" loading={busy}>
              {t("admin.clockSet")}
            </Button>
            {workspace.stands_at && <Button onClick={back}>{t("admin.clockPresent")}</Button>}
          </Flex>
        </Form>
      )}
    </Card>
  );
}
