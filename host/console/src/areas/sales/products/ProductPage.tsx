/** One product: what is known of it, to be changed against its version, and taken off sale. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Card, Descriptions, Flex } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { EditForm, useEdit } from "@/parts/edit";
import { useAction } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { productQuery } from "../questions";
import { attributesOf, rowsOf, type Attribute } from "./attributes";
import { ProductFields, type ProductValues } from "./ProductFields";

type Product = Schemas["Product"];
const route = getRouteApi("/in/sales/products/$id");

export function ProductPage() {
  const { id } = route.useParams();
  const asked = useQuery(productQuery(id));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Loaded product={asked.data} />;
}

function Loaded({ product }: { product: Product }) {
  const { t, f } = useWords();
  const may = useMay();
  const { run } = useAction();
  const take = useTake();
  const turn = async (archived: boolean, version: number) => {
    const next = await answer(api.PATCH("/api/v1/products/{id}", { params: { path: { id: product.id } }, headers: ifMatch(version), body: { archived } }));
    take(next);
    return next;
  };
  async function flip() {
    let version = product.version;
    const there = async () => {
      version = (await turn(!product.archived, version)).version;
    };
    await run(there, t(product.archived ? "product.backOnSale" : "product.offSale"), () => turn(product.archived, version));
  }
  return (
    <Page
      title={product.name}
      lead={
        <Flex gap={12} wrap align="center">
          <StateTag mood={product.archived ? "quiet" : "good"}>{product.archived ? t("product.archived") : t("product.sold")}</StateTag>
          <span className="mono">{product.sku}</span>
          <span>{t("sales.changedAt", { at: f.time(product.updated_at) })}</span>
        </Flex>
      }
      help={["product.help.what", "product.help.words", "product.help.archive"]}
      actions={may("sales.write") && <Button onClick={() => void flip()}>{t(product.archived ? "product.restore" : "product.archive")}</Button>}
    >
      {may("sales.write") ? <Change key={product.id} product={product} /> : <Shown product={product} />}
    </Page>
  );
}

function useTake() {
  const queries = useQueryClient();
  return (next: Product) => {
    queries.setQueryData(productQuery(next.id).queryKey, next);
    void queries.invalidateQueries({ queryKey: ["products", "list"] });
  };
}

const pick = ({ name, brand, department, category, kind, price, attributes }: Product): ProductValues => ({ name, brand, department, category, kind, price: price ?? null, attributes: rowsOf(attributes) });

function Change({ product }: { product: Product }) {
  const { t, f } = useWords();
  const take = useTake();
  const params = { path: { id: product.id } };
  const edit = useEdit<Product, ProductValues>({
    held: product,
    pick,
    save: (version, { attributes = [], price, ...values }) =>
      answer(
        api.PATCH("/api/v1/products/{id}", {
          params,
          headers: ifMatch(version),
          body: { ...values, price: price ?? null, attributes: attributesOf(attributes, product.attributes) as Record<string, never> },
        }),
      ),
    read: () => answer(api.GET("/api/v1/products/{id}", { params })),
    onSaved: take,
    names: {
      name: t("product.name"),
      brand: t("product.brand"),
      department: t("product.department"),
      category: t("product.category"),
      kind: t("product.kind"),
      price: t("product.price"),
      attributes: t("product.attributes"),
    },
    show: (field, value) => {
      if (field === "price") return value ? f.money((value as Schemas["Money"]).minor, (value as Schemas["Money"]).currency) : "—";
      if (field === "attributes") return ((value ?? []) as Attribute[]).map((one) => `${one.key}: ${one.value}`).join("\n");
      return undefined;
    },
  });
  return (
    <EditForm of={edit}>
      <ProductFields />
    </EditForm>
  );
}

function Shown({ product }: { product: Product }) {
  const { t, f } = useWords();
  const items = [
    ...(["brand", "department", "category", "kind"] as const).map((key) => ({ key, label: t(`product.${key}`), children: product[key] || "—" })),
    { key: "price", label: t("product.price"), children: product.price ? f.money(product.price.minor, product.price.currency) : "—" },
    ...rowsOf(product.attributes).map((one) => ({ key: `attribute ${one.key}`, label: one.key, children: <bdi>{one.value}</bdi> })),
  ];
  return (
    <Card className="panel">
      <Descriptions column={{ xs: 1, lg: 2 }} items={items} />
    </Card>
  );
}
