/** A new experiment: its arms and their shares, which never change once made. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Card, Checkbox, Flex, Form, Input, InputNumber, Radio, Typography } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { InstantInput } from "@/parts/fields";
import { EditForm, useMake } from "@/parts/edit";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { MeasureTabs } from "../MeasureTabs";

const route = getRouteApi("/in/measure/experiments/new");
const BP_A_PERCENT = 100;

interface Arm {
  name: string;
  percent: number;
  held_out?: boolean;
}

interface Values {
  name: string;
  scope: Schemas["ExperimentScope"];
  arms: Arm[];
  starts_at?: string;
  ends_at?: string;
}

export function NewExperiment() {
  const { t } = useWords();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const start: Partial<Values> = {
    scope: "campaign",
    arms: [
      { name: t("experiment.treated"), percent: 90 },
      { name: t("experiment.heldOut"), percent: 10, held_out: true },
    ],
  };
  const making = useMake<Values>(start, async ({ arms, ...rest }) => {
    const body = { ...rest, arms: arms.map(({ name, percent, held_out = false }) => ({ name, share_bp: Math.round(percent * BP_A_PERCENT), held_out })) };
    const experiment = await answer(api.POST("/api/v1/experiments", { body }));
    await queries.invalidateQueries({ queryKey: ["experiments"] });
    return () => navigate({ to: "/measure/experiments/$id", params: { id: experiment.id }, replace: true });
  });
  const scope = Form.useWatch("scope", making.form) ?? "campaign";
  return (
    <Page title={t("experiment.new")} help={["experiment.help.what", "experiment.help.scope"]}>
      <MeasureTabs at="experiments" />
      <Card style={{ maxWidth: 720 }}>
        <EditForm of={making}>
          <Form.Item name="name" label={t("experiment.name")} rules={[{ required: true, message: t("form.needed") }]}>
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="scope" label={t("experiment.scope")} extra={t(scope === "campaign" ? "experiment.scopeCampaign" : "experiment.scopeWorkspace")}>
            <Radio.Group
              options={[
                { value: "campaign", label: t("experiment.scope.campaign") },
                { value: "workspace", label: t("experiment.scope.workspace") },
              ]}
            />
          </Form.Item>
          <Arms />
          {scope === "workspace" && (
            <Flex gap={16} wrap>
              <Form.Item name="starts_at" label={t("experiment.starts")} rules={[{ required: true, message: t("form.needed") }]}>
                <InstantInput />
              </Form.Item>
              <Form.Item name="ends_at" label={t("experiment.ends")} rules={[{ required: true, message: t("form.needed") }]}>
                <InstantInput />
              </Form.Item>
            </Flex>
          )}
        </EditForm>
      </Card>
    </Page>
  );
}

function Arms() {
  const { t, f } = useWords();
  const form = Form.useFormInstance<Values>();
  const arms = Form.useWatch("arms", form) ?? [];
  const sum = arms.reduce((all, one) => all + (one?.percent ?? 0), 0);
  return (
    <Form.List name="arms">
      {(rows, { add, remove }) => (
        <fieldset className="rows">
          <Typography.Paragraph strong>{t("experiment.arms")}</Typography.Paragraph>
          {rows.map((row) => (
            <Flex key={row.key} gap={12} wrap align="flex-start">
              <Form.Item name={[row.name, "name"]} label={t("experiment.arm")} rules={[{ required: true, message: t("form.needed") }]}>
                <Input />
              </Form.Item>
              <Form.Item name={[row.name, "percent"]} label={t("experiment.share")} rules={[{ required: true, message: t("form.needed") }]}>
                <InputNumber<number> min={0.01} max={99.99} precision={2} suffix="%" />
              </Form.Item>
              <Form.Item name={[row.name, "held_out"]} label={t("experiment.notWritten")} valuePropName="checked">
                <Checkbox>{t("experiment.isHeldOut")}</Checkbox>
              </Form.Item>
              {rows.length > 2 && (
                <Form.Item label=" ">
                  <Button icon={<DeleteOutlined />} aria-label={t("experiment.armRemove")} title={t("experiment.armRemove")} onClick={() => remove(row.name)} />
                </Form.Item>
              )}
            </Flex>
          ))}
          <Flex gap={12} align="center" wrap>
            <Button type="dashed" icon={<PlusOutlined />} onClick={() => add({ name: "", percent: 10 })}>
              {t("experiment.armAdd")}
            </Button>
            <Typography.Text type={Math.abs(sum - 100) < 0.001 ? "secondary" : "danger"} role="status">
              {t("experiment.sum", { sum: f.percent(sum / 100) })}
            </Typography.Text>
          </Flex>
        </fieldset>
      )}
    </Form.List>
  );
}
