/** A new product: a SKU is enough. */
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Form } from "antd";
import { useEffect, useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { LeaveGuard, useSubmit } from "@/parts/forms";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { attributesOf } from "./attributes";
import { ProductFields, type ProductValues } from "./ProductFields";

const route = getRouteApi("/in/sales/products/new");

export function NewProduct() {
  const { t } = useWords();
  const [form] = Form.useForm<ProductValues>();
  const [dirty, setDirty] = useState(false);
  const [made, setMade] = useState<string>();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const { busy, submit, alert } = useSubmit(form, async ({ attributes = [], ...values }: ProductValues) => {
    const body: Schemas["NewProduct"] = { ...values, attributes: attributesOf(attributes, {}) as Record<string, never> };
    const product = await answer(api.POST("/api/v1/products", { body }));
    await queries.invalidateQueries({ queryKey: ["products"] });
    setDirty(false);
    setMade(product.id);
  });
  // After the guard has heard that nothing is unsaved any more.
  useEffect(() => {
    if (made && !dirty) void navigate({ to: "/sales/products/$id", params: { id: made }, replace: true });
  }, [made, dirty, navigate]);
  return (
    <Page title={t("product.new")} help={["product.help.what", "product.help.words"]}>
      <LeaveGuard dirty={dirty} />
      <Form form={form} layout="vertical" onFinish={(values) => void submit(values)} onValuesChange={() => setDirty(true)} disabled={busy} scrollToFirstError>
        {alert}
        <ProductFields fresh />
        <Button type="primary" htmlType="submit" loading={busy}>
          {t("form.create")}
        </Button>
      </Form>
    </Page>
  );
}
