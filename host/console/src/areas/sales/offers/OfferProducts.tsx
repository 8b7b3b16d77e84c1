/** The products an offer stands on: found or pasted, put under it, taken away. */
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Flex } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { useAction, useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { SkuInput } from "./SkuInput";

type Product = Schemas["OfferProduct"];
const route = getRouteApi("/in/sales/offers/$id");

export function OfferProducts({ offer }: { offer: string }) {
  const { t } = useWords();
  const may = useMay();
  const { run } = useAction();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: ["offers", offer, "products"] });
  const put = async (skus: string[]) => {
    const { added } = await answer(api.POST("/api/v1/offers/{id}/products", { params: { path: { id: offer } }, body: { skus } }));
    await again();
    return added;
  };
  const remove = async (product: string) => {
    await api.DELETE("/api/v1/offers/{id}/products/{product}", { params: { path: { id: offer, product } } });
    await again();
  };
  const columns: Column<Product>[] = [
    { key: "name", title: t("product.name"), text: (row) => row.name, cell: (row) => <Link to="/sales/products/$id" params={{ id: row.product }}><bdi>{row.name}</bdi></Link> },
    { key: "sku", title: t("product.sku"), text: (row) => row.sku, cell: (row) => <span className="mono">{row.sku}</span> },
  ];
  if (may("sales.write")) {
    columns.push({
      key: "remove",
      title: t("sales.actions"),
      text: () => "",
      cell: (row) => (
        <Button size="small" onClick={() => void run(() => remove(row.product), t("offer.removed", { name: row.name }), () => put([row.sku]))}>
          {t("offer.remove")}
        </Button>
      ),
    });
  }
  return (
    <>
      {may("sales.write") && <Add onAdd={put} />}
      <CursorTable<Product>
        name="offer-products"
        label={t("offer.products")}
        columns={columns}
        rowKey={(row) => row.product}
        of={["offers", offer, "products"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/offers/{id}/products", { params: { path: { id: offer }, query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={<Empty title={t("offer.noProducts")} what={t("offer.noProductsWhat")} />}
      />
    </>
  );
}

function Add({ onAdd }: { onAdd: (skus: string[]) => Promise<number> }) {
  const { t } = useWords();
  const [skus, setSkus] = useState<string[]>([]);
  const [added, setAdded] = useState<number>();
  const { busy, submit, alert } = useSubmit(undefined, async (chosen: string[]) => {
    setAdded(await onAdd(chosen));
    setSkus([]);
  });
  return (
    <div className="panel">
      {alert}
      <Flex gap={8} align="flex-start">
        <div style={{ flex: 1, maxWidth: 640 }}>
          <SkuInput label={t("offer.skusFind")} value={skus} onChange={setSkus} />
        </div>
        <Button type="primary" loading={busy} disabled={skus.length === 0} onClick={() => void submit(skus)}>
          {t("offer.add")}
        </Button>
      </Flex>
      <div role="status" aria-live="polite">
        {added !== undefined && t("offer.added", { n: added })}
      </div>
    </div>
  );
}
