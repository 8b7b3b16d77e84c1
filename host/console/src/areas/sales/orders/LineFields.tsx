/** The lines of an order by hand: product, quantity, what was paid and what was taken off. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, InputNumber, Select, type RefSelectProps } from "antd";
import { useState, type Ref } from "react";
import { MoneyInput } from "@/parts/fields";
import { useWords } from "@/words";
import { useProductsFound } from "../found";

export function LineFields({ currency }: { currency: string }) {
  const { t } = useWords();
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <Form.List name="items" rules={[{ validator: (_, rows: unknown[] | undefined) => (rows?.length ? Promise.resolve() : Promise.reject(new Error(t("order.lineNeeded")))) }]}>
      {(rows, { add, remove }, { errors }) => (
        <>
          {rows.map((row, at) => (
            <fieldset key={row.key} className="rows order-line" aria-label={t("order.lineNumber", { n: at + 1 })}>
              <Form.Item name={[row.name, "sku"]} label={t("sales.product")} rules={needed} className="order-product">
                <ProductChoice />
              </Form.Item>
              <Form.Item name={[row.name, "quantity"]} label={t("order.quantity")} rules={needed} initialValue={1}>
                <InputNumber style={{ width: 110 }} />
              </Form.Item>
              <Form.Item name={[row.name, "amount_minor"]} label={t("order.amount")} rules={needed}>
                <MoneyInput currency={currency} />
              </Form.Item>
              <Form.Item name={[row.name, "discount_minor"]} label={t("order.discount")}>
                <MoneyInput currency={currency} />
              </Form.Item>
              {rows.length > 1 && <Button icon={<DeleteOutlined />} aria-label={t("order.lineRemove", { n: at + 1 })} title={t("order.lineRemove", { n: at + 1 })} onClick={() => remove(row.name)} />}
            </fieldset>
          ))}
          <Form.ErrorList errors={errors} />
          <Button type="dashed" icon={<PlusOutlined />} onClick={() => add()}>
            {t("order.lineAdd")}
          </Button>
        </>
      )}
    </Form.List>
  );
}

interface ChoiceProps {
  id?: string;
  value?: string;
  onChange?: (sku: string) => void;
  /** So that a refusal of the API finds the field. */
  ref?: Ref<RefSelectProps>;
}

function ProductChoice({ id, value, onChange, ref }: ChoiceProps) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  const { busy, options } = useProductsFound(typed);
  return (
    <Select
      {...(ref && { ref })}
      id={id}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      placeholder={t("order.productFind")}
      style={{ width: "100%" }}
      loading={busy}
      notFoundContent={busy ? t("app.loading") : t("table.noFit")}
      value={value}
      options={options}
      onChange={onChange}
    />
  );
}
