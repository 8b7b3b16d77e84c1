/** The four parts of a delivery policy as fields. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, InputNumber, Select, Switch } from "antd";
import type { ReactNode } from "react";
import { topicsQuery } from "@/areas/campaign/questions";
import { useWords } from "@/words";
import type { Part } from "./policy";

export function PolicyFields({ part }: { part: Part }): ReactNode {
  if (part === "caps") return <Caps />;
  if (part === "quiet_hours") return <Quiet />;
  return part === "barred" ? <BarredFields /> : <AutoPause />;
}

function ChannelField({ name }: { name: (string | number)[] }) {
  const { t } = useWords();
  return (
    <Form.Item name={name} label={t("admin.channel")}>
      <Input placeholder={t("admin.everyChannel")} style={{ width: 150 }} autoComplete="off" />
    </Form.Item>
  );
}

function Rows({ name, add, children, addLabel, removeLabel }: { name: Part; add: object; children: (at: number) => ReactNode; addLabel: string; removeLabel: (n: number) => string }) {
  return (
    <Form.List name={name}>
      {(rows, list) => (
        <>
          {rows.map((row) => (
            <fieldset key={row.key} className="rows policy-row">
              {children(row.name)}
              <Button icon={<DeleteOutlined />} aria-label={removeLabel(row.name + 1)} title={removeLabel(row.name + 1)} onClick={() => list.remove(row.name)} />
            </fieldset>
          ))}
          <Button type="dashed" icon={<PlusOutlined />} onClick={() => list.add(add)}>
            {addLabel}
          </Button>
        </>
      )}
    </Form.List>
  );
}

function Caps() {
  const { t } = useWords();
  const topics = useQuery(topicsQuery);
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <Rows name="caps" add={{ sends: 2, days: 7 }} addLabel={t("admin.capAdd")} removeLabel={(n) => t("admin.capRemove", { n })}>
      {(at) => (
        <>
          <Form.Item name={[at, "sends"]} label={t("admin.capSends")} rules={needed}>
            <InputNumber precision={0} min={0} style={{ width: 110 }} />
          </Form.Item>
          <Form.Item name={[at, "days"]} label={t("admin.capDays")} rules={needed}>
            <InputNumber precision={0} min={1} style={{ width: 110 }} />
          </Form.Item>
          <ChannelField name={[at, "channel"]} />
          <Form.Item name={[at, "topic"]} label={t("admin.topic")}>
            <Select
              allowClear
              style={{ width: 180 }}
              loading={topics.isPending}
              placeholder={t("admin.everyTopic")}
              options={(topics.data?.items ?? []).map((one) => ({ value: one.code, label: one.name }))}
            />
          </Form.Item>
        </>
      )}
    </Rows>
  );
}

function Quiet() {
  const { t } = useWords();
  const on = Form.useWatch<boolean | undefined>("quiet");
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <>
      <Form.Item name="quiet" label={t("admin.quietOn")} valuePropName="checked">
        <Switch />
      </Form.Item>
      {on && (
        <div className="policy-row">
          <Form.Item name={["quiet_hours", "from"]} label={t("admin.from")} rules={needed}>
            <Input type="time" style={{ width: 130 }} />
          </Form.Item>
          <Form.Item name={["quiet_hours", "to"]} label={t("admin.to")} rules={needed}>
            <Input type="time" style={{ width: 130 }} />
          </Form.Item>
          <Form.Item name={["quiet_hours", "channels"]} label={t("admin.channels")}>
            <Select mode="tags" open={false} suffixIcon={null} style={{ width: 260 }} placeholder={t("admin.everyChannel")} />
          </Form.Item>
        </div>
      )}
    </>
  );
}

function BarredFields() {
  const { t } = useWords();
  return (
    <Rows name="barred" add={{}} addLabel={t("admin.barredAdd")} removeLabel={(n) => t("admin.barredRemove", { n })}>
      {(at) => (
        <>
          <Form.Item name={[at, "region"]} label={t("admin.region")} rules={[{ required: true, message: t("form.needed") }]}>
            <Input style={{ width: 150 }} autoComplete="off" />
          </Form.Item>
          <ChannelField name={[at, "channel"]} />
        </>
      )}
    </Rows>
  );
}

function AutoPause() {
  const { t } = useWords();
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <div className="policy-row">
      <Form.Item name={["auto_pause", "hard_bounces"]} label={t("admin.hardBounces")} rules={needed}>
        <InputNumber min={0} max={100} step={0.5} suffix="%" style={{ width: 140 }} />
      </Form.Item>
      <Form.Item name={["auto_pause", "complaints"]} label={t("admin.complaints")} rules={needed}>
        <InputNumber min={0} max={100} step={0.1} suffix="%" style={{ width: 140 }} />
      </Form.Item>
      <Form.Item name={["auto_pause", "after"]} label={t("admin.pauseAfter")} rules={needed}>
        <InputNumber precision={0} min={0} style={{ width: 140 }} />
      </Form.Item>
    </div>
  );
}
