/** What the campaign wants to reach: a metric of the catalogue, a value, a day. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, InputNumber, Select } from "antd";
import { catalogueQuery } from "@/areas/measure/questions";
import { InstantInput } from "@/parts/fields";
import { useWords } from "@/words";

export function GoalFields() {
  const { t } = useWords();
  const catalogue = useQuery(catalogueQuery);
  const metrics = (catalogue.data?.items ?? []).filter((one) => one.dimensions.some((dimension) => dimension.name === "campaign"));
  return (
    <Form.List name="goals">
      {(rows, { add, remove }) => (
        <>
          {rows.map((row) => (
            <fieldset key={row.key} className="rows">
              <Form.Item name={[row.name, "metric"]} label={t("campaign.metric")} rules={[{ required: true, message: t("form.needed") }]}>
                <Select showSearch={{ optionFilterProp: "label" }} options={metrics.map((one) => ({ value: one.name, label: one.title }))} />
              </Form.Item>
              <Form.Item name={[row.name, "expected"]} label={t("campaign.expected")} extra={t("campaign.expectedHelp")} rules={[{ required: true, message: t("form.needed") }]}>
                <InputNumber style={{ width: 200 }} />
              </Form.Item>
              <Form.Item name={[row.name, "due_at"]} label={t("campaign.due")}>
                <InstantInput />
              </Form.Item>
              <Button icon={<DeleteOutlined />} onClick={() => remove(row.name)}>
                {t("campaign.goalRemove")}
              </Button>
            </fieldset>
          ))}
          <Button type="dashed" icon={<PlusOutlined />} onClick={() => add({})}>
            {t("campaign.goalAdd")}
          </Button>
        </>
      )}
    </Form.List>
  );
}
