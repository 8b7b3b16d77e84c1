/** A new campaign: a name is enough; the brief is filled in afterwards. */
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Card, Form, Input } from "antd";
import { answer, api } from "@/api/client";
import { EditForm, useMake } from "@/parts/edit";
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
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const making = useMake<Values>({}, async (body) => {
    const campaign = await answer(api.POST("/api/v1/campaigns", { body }));
    await queries.invalidateQueries({ queryKey: ["campaigns"] });
    return () => navigate({ to: "/campaigns/$id", params: { id: campaign.id }, search: { tab: "brief" }, replace: true });
  });
  return (
    <Page title={t("campaign.new")} help={["campaign.help.new", "campaign.help.words"]}>
      <Card style={{ maxWidth: 640 }}>
        <EditForm of={making}>
          <Form.Item name="name" label={t("campaign.name")} rules={[{ required: true, message: t("form.needed") }]}>
            <Input autoFocus maxLength={200} />
          </Form.Item>
          <Form.Item name="objective" label={t("campaign.objective")} extra={t("campaign.objectiveHelp")}>
            <Input />
          </Form.Item>
          <Form.Item name="kind" label={t("campaign.kind")} extra={t("campaign.kindHelp")}>
            <Input />
          </Form.Item>
        </EditForm>
      </Card>
    </Page>
  );
}
