/** Everything that is sold. */
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Checkbox, Select } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { questionQuery } from "@/areas/measure/questions";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { SearchBox } from "@/parts/SearchBox";
import { StateTag } from "@/parts/StateTag";
import { useWords, type Words } from "@/words";
import { Bring } from "../Bring";
import { useFile } from "../file";
import { SalesTabs } from "../SalesTabs";

type Product = Schemas["Product"];
const route = getRouteApi("/in/sales/products");
const CHOICES_MAX = 500;

export function Products() {
  const words = useWords();
  const { t } = words;
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { q, department, category, archived } = search;
  const filters = { search: q, department, category, archived };
  const file = useFile("products", filters);
  const make = may("sales.write") && (
    <LinkButton to="/sales/products/new" type="primary" icon={<PlusOutlined />}>
      {t("product.new")}
    </LinkButton>
  );
  const filtered = Object.values(filters).some((one) => one !== undefined);
  return (
    <Page
      title={t("sales.part.products")}
      lead={t("product.lead")}
      help={["product.help.what", "product.help.list", "sales.help.export"]}
      actions={
        <>
          <Bring kind="products" />
          {make}
        </>
      }
    >
      <SalesTabs at="products" />
      <CursorTable<Product>
        name="products"
        label={t("sales.part.products")}
        columns={columnsOf(words, archived ?? false)}
        rowKey={(row) => row.id}
        of={["products", "list", filters]}
        page={(cursor, limit) => answer(api.GET("/api/v1/products", { params: { query: { ...filters, cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        file={file}
        empty={filtered ? <Empty title={t("table.noFit")} /> : <Empty title={t("product.none")} what={t("product.noneWhat")} action={<Bring kind="products" primary />} />}
        tools={
          <>
            <SearchBox label={t("product.search")} value={q} onChange={(next) => void navigate({ search: (old) => ({ ...old, q: next, cursor: undefined }), replace: true })} />
            {may("measure.read") && (
              <>
                <SoldBy dimension="department" label={t("product.department")} value={department} onChange={(next) => void navigate({ search: (old) => ({ ...old, department: next, category: undefined, cursor: undefined }) })} />
                <SoldBy dimension="category" within={department} label={t("product.category")} value={category} onChange={(next) => void navigate({ search: (old) => ({ ...old, category: next, cursor: undefined }) })} />
              </>
            )}
            <Checkbox checked={archived ?? false} onChange={(event) => void navigate({ search: (old) => ({ ...old, archived: event.target.checked ? true : undefined, cursor: undefined }) })}>
              {t("product.withArchived")}
            </Checkbox>
          </>
        }
      />
    </Page>
  );
}

interface SoldByProps {
  dimension: "department" | "category";
  /** Only the categories of this department. */
  within?: string | undefined;
  label: string;
  value: string | undefined;
  onChange: (next: string | undefined) => void;
}

/** The departments or categories anything was sold of, the strongest first. */
function SoldBy({ dimension, within, label, value, onChange }: SoldByProps) {
  const [wanted, setWanted] = useState(false);
  // Counted over all orders: not before somebody looks for one.
  const asked = useQuery({
    ...questionQuery({ metric: "orders", by: [dimension], limit: CHOICES_MAX, order: "value-descending", ...(within && { where: { department: [within] } }) }),
    enabled: wanted,
  });
  const known = (asked.data?.rows ?? []).map((row) => row.keys[0] ?? "").filter((one) => one !== "");
  const all = value && !known.includes(value) ? [value, ...known] : known;
  return (
    <Select
      allowClear
      showSearch
      aria-label={label}
      placeholder={label}
      style={{ width: 190 }}
      popupMatchSelectWidth={280}
      loading={asked.isLoading}
      notFoundContent={asked.isLoading ? <Loading /> : null}
      onOpenChange={(open) => open && setWanted(true)}
      value={value}
      options={all.map((one) => ({ value: one, label: one }))}
      onChange={onChange}
    />
  );
}

function columnsOf({ t, f }: Words, archived: boolean): Column<Product>[] {
  return [
    { key: "name", title: t("product.name"), text: (row) => row.name, cell: (row) => <Link to="/sales/products/$id" params={{ id: row.id }}><bdi>{row.name}</bdi></Link> },
    { key: "sku", title: t("product.sku"), text: (row) => row.sku, cell: (row) => <span className="mono">{row.sku}</span> },
    { key: "brand", title: t("product.brand"), text: (row) => row.brand, cell: (row) => row.brand || "—" },
    { key: "department", title: t("product.department"), text: (row) => row.department, cell: (row) => row.department || "—" },
    { key: "category", title: t("product.category"), text: (row) => row.category, cell: (row) => row.category || "—" },
    { key: "kind", title: t("product.kind"), text: (row) => row.kind, cell: (row) => row.kind || "—", hidden: true },
    { key: "price", title: t("product.price"), align: "right", text: (row) => row.price?.minor, cell: (row) => (row.price ? f.money(row.price.minor, row.price.currency) : "—") },
    { key: "archived", title: t("campaign.state"), text: (row) => (row.archived ? t("product.archived") : t("product.sold")), cell: (row) => <StateTag mood={row.archived ? "quiet" : "good"}>{row.archived ? t("product.archived") : t("product.sold")}</StateTag>, hidden: !archived },
    { key: "updated", title: t("campaign.updated"), text: (row) => row.updated_at, cell: (row) => f.time(row.updated_at), hidden: true },
  ];
}
