/** A new campaign: a name is enough; the brief is filled in afterwards. */
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Card, Form, Input } from "antd";
import { useEffect, useState } from "react";
import { answer, api } from "@/api/client";
import { LeaveGuard, useSubmit } from "@/parts/forms";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";

const route = getRouteApi("/in/campaigns/new");

interface Values {
  name: string;
  kind?: string;
  objective?: string;
}

export function NewCampaign() {
  const { t } = useWords();
  const [form] = Form.useForm<Values>();
  const [dirty, setDirty] = useState(false);
  const [made, setMade] = useState<string>();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const { busy, submit, alert } = useSubmit(form, async (body: Values) => {
    const campaign = await answer(api.POST("/api/v1/campaigns", { body }));
    await queries.invalidateQueries({ queryKey: ["campaigns"] });
    setDirty(false);
    setMade(campaign.id);
  });
  // After the guard has heard that nothing is unsaved any more.
  useEffect(() => {
    if (made && !dirty) void navigate({ to: "/campaigns/$id", params: { id: made }, search: { tab: "brief" }, replace: true });
  }, [made, dirty, navigate]);
  return (
    <Page title={t("campaign.new")} help={["campaign.help.new", "campaign.help.words"]}>
      <LeaveGuard dirty={dirty} />
      <Card style={{ maxWidth: 640 }}>
        {alert}
        <Form form={form} layout="vertical" onFinish={(values) => void submit(values)} onValuesChange={() => setDirty(true)} disabled={busy}>
          <Form.Item name="name" label={t("campaign.name")} rules={[{ required: true, message: t("form.needed") }]}>
            <Input autoFocus maxLength={200} />
          </Form.Item>
          <Form.Item name="objective" label={t("campaign.objective")} extra={t("campaign.objectiveHelp")}>
            <Input />
          </Form.Item>
          <Form.Item name="kind" label={t("campaign.kind")} extra={t("campaign.kindHelp")}>
            <Input />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t("form.create")}
          </Button>
        </Form>
      </Card>
    </Page>
  );
}
