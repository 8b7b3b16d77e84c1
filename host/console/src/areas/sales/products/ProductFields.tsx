/** The fields of a product, as they are made and changed. */
import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Button, Card, Flex, Form, Input } from "antd";
import { workspaceQuery } from "@/api/me";
import type { Schemas } from "@/api/client";
import { AmountInput } from "@/parts/money";
import { useWords } from "@/words";
import type { Attribute } from "./attributes";

export interface ProductValues {
  sku?: string;
  name: string;
  brand?: string;
  department?: string;
  category?: string;
  kind?: string;
  price?: Schemas["Money"] | null;
  attributes?: Attribute[];
}

const WORDS = ["brand", "department", "category", "kind"] as const;

export function ProductFields({ fresh = false }: { fresh?: boolean }) {
  const { t } = useWords();
  const { data: workspace } = useSuspenseQuery(workspaceQuery);
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <div className="two">
      <Card className="panel" title={t("product.basics")}>
        {fresh && (
          <Form.Item name="sku" label={t("product.sku")} extra={t("product.skuHelp")} rules={needed}>
            <Input autoFocus maxLength={100} />
          </Form.Item>
        )}
        <Form.Item name="name" label={t("product.name")} rules={fresh ? [] : needed} extra={fresh ? t("product.nameHelp") : undefined}>
          <Input maxLength={300} />
        </Form.Item>
        {WORDS.map((name) => (
          <Form.Item key={name} name={name} label={t(`product.${name}`)}>
            <Input maxLength={200} />
          </Form.Item>
        ))}
        <Form.Item name="price" label={t("product.price")} extra={t("product.priceHelp")}>
          <AmountInput currency={workspace.currency} />
        </Form.Item>
      </Card>
      <Card className="panel" title={t("product.attributes")}>
        <Form.List name="attributes">
          {(rows, { add, remove }) => (
            <>
              {rows.map((row) => (
                <Flex key={row.key} gap={8} align="flex-start">
                  <Form.Item name={[row.name, "key"]} rules={needed} style={{ flex: 1 }}>
                    <Input aria-label={t("product.attribute")} placeholder={t("product.attribute")} maxLength={100} />
                  </Form.Item>
                  <Form.Item name={[row.name, "value"]} style={{ flex: 2 }}>
                    <Input aria-label={t("contact.value")} placeholder={t("contact.value")} />
                  </Form.Item>
                  <Button icon={<DeleteOutlined />} aria-label={t("product.attributeRemove")} title={t("product.attributeRemove")} onClick={() => remove(row.name)} />
                </Flex>
              ))}
              <Button type="dashed" icon={<PlusOutlined />} onClick={() => add({ key: "", value: "" })}>
                {t("product.attributeAdd")}
              </Button>
            </>
          )}
        </Form.List>
      </Card>
    </div>
  );
}
