/** The fields of a conversion definition: what counts, what it is worth, how often, within which window. */
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Checkbox, Form, Input, InputNumber, Radio, Select } from "antd";
import { answer, api } from "@/api/client";
import { workspaceQuery } from "@/api/me";
import { MoneyInput } from "@/parts/fields";
import { useWords } from "@/words";
import type { Values } from "./values";

const OFFERS_MAX = 500;

export function ConversionFields({ fresh = false }: { fresh?: boolean }) {
  const { t, code } = useWords();
  const form = Form.useFormInstance<Values>();
  const { data: workspace } = useSuspenseQuery(workspaceQuery);
  const on = Form.useWatch("on", form) ?? "order";
  const of = Form.useWatch("of", form);
  const value = Form.useWatch("value", form);
  const needed = [{ required: true, message: t("form.needed") }];
  const choices = (codes: string[], label: (one: string) => string) => codes.map((one) => ({ value: one, label: label(one) }));
  return (
    <>
      <Form.Item name="name" label={t("conversion.name")} rules={needed}>
        <Input maxLength={200} />
      </Form.Item>
      {fresh && (
        <Form.Item name="code" label={t("conversion.code")} extra={t("conversion.codeHelp")} rules={needed}>
          <Input />
        </Form.Item>
      )}
      <Form.Item name="on" label={t("conversion.counts")}>
        <Radio.Group options={choices(["order", "event"], (one) => code("conversion.on", one))} onChange={(event) => form.setFieldValue("value", event.target.value === "event" ? "event-value" : "order-total")} />
      </Form.Item>
      {on === "event" ? (
        <Form.Item name="event" label={t("conversion.event")} extra={t("conversion.eventHelp")} rules={needed}>
          <Input />
        </Form.Item>
      ) : (
        <>
          <Form.Item name="of" label={t("conversion.orders")}>
            <Select options={choices(["any", "campaign-offers", "offer"], (one) => code("conversion.of", one))} />
          </Form.Item>
          {of === "offer" && (
            <Form.Item name="offer" label={t("conversion.offer")} rules={needed}>
              <Offers />
            </Form.Item>
          )}
          {of === "campaign-offers" && (
            <Form.Item name="written_to" valuePropName="checked">
              <Checkbox>{t("conversion.writtenTo")}</Checkbox>
            </Form.Item>
          )}
        </>
      )}
      <Form.Item name="value" label={t("conversion.value")}>
        <Select options={choices(on === "event" ? ["event-value", "fixed"] : ["order-total", "qualifying-lines", "fixed"], (one) => code("conversion.value", one))} />
      </Form.Item>
      {value === "fixed" && (
        <Form.Item name="fixed_minor" label={t("conversion.fixed")} rules={needed}>
          <MoneyInput currency={workspace.currency} />
        </Form.Item>
      )}
      <Form.Item name="counting" label={t("conversion.counting")}>
        <Radio.Group options={choices(["every", "once-per-contact"], (one) => code("conversion.counting", one))} />
      </Form.Item>
      <Form.Item name="window_days" label={t("conversion.window")} extra={t("conversion.windowHelp")} rules={needed}>
        <InputNumber<number> min={1} max={3650} precision={0} suffix={t("conversion.daysUnit")} style={{ width: 160 }} />
      </Form.Item>
    </>
  );
}

function Offers({ id, value, onChange }: { id?: string; value?: string; onChange?: (value: string) => void }) {
  const offers = useQuery({ queryKey: ["offers", "choices"], queryFn: () => answer(api.GET("/api/v1/offers", { params: { query: { limit: OFFERS_MAX } } })) });
  return (
    <Select
      id={id}
      value={value}
      loading={offers.isPending}
      showSearch={{ optionFilterProp: "label" }}
      options={(offers.data?.items ?? []).map((one) => ({ value: one.id, label: one.name || one.code }))}
      onChange={onChange}
    />
  );
}
