/** A new product: a SKU is enough. */
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import { EditForm, useMake } from "@/parts/edit";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { attributesOf } from "./attributes";
import { ProductFields, type ProductValues } from "./ProductFields";

const route = getRouteApi("/in/sales/products/new");

export function NewProduct() {
  const { t } = useWords();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const making = useMake<ProductValues>({}, async ({ attributes = [], ...values }) => {
    const body: Schemas["NewProduct"] = { ...values, attributes: attributesOf(attributes, {}) as Record<string, never> };
    const product = await answer(api.POST("/api/v1/products", { body }));
    await queries.invalidateQueries({ queryKey: ["products"] });
    return () => navigate({ to: "/sales/products/$id", params: { id: product.id }, replace: true });
  });
  return (
    <Page title={t("product.new")} help={["product.help.what", "product.help.words"]}>
      <EditForm of={making}>
        <ProductFields fresh />
      </EditForm>
    </Page>
  );
}
