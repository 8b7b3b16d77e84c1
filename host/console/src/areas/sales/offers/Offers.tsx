/** Every offer: terms under which products are sold for less. */
import { PlusOutlined } from "@ant-design/icons";
import { getRouteApi, Link } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { SearchBox } from "@/parts/SearchBox";
import { useWords } from "@/words";
import { Bring } from "../Bring";
import { useFile } from "../file";
import { SalesTabs } from "../SalesTabs";

type Offer = Schemas["Offer"];
const route = getRouteApi("/in/sales/offers");

export function Offers() {
  const { t, f } = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { q } = search;
  const columns: Column<Offer>[] = [
    { key: "name", title: t("offer.name"), text: (row) => row.name, cell: (row) => <Link to="/sales/offers/$id" params={{ id: row.id }}><bdi>{row.name}</bdi></Link> },
    { key: "code", title: t("offer.code"), text: (row) => row.code, cell: (row) => <span className="mono">{row.code}</span> },
    { key: "starts", title: t("offer.starts"), text: (row) => row.starts_at, cell: (row) => (row.starts_at ? f.time(row.starts_at) : t("offer.always")) },
    { key: "ends", title: t("offer.ends"), text: (row) => row.ends_at, cell: (row) => (row.ends_at ? f.time(row.ends_at) : t("offer.forEver")) },
    { key: "budget", title: t("offer.budget"), align: "right", text: (row) => row.budget?.minor, cell: (row) => (row.budget ? f.money(row.budget.minor, row.budget.currency) : "—") },
    { key: "terms", title: t("offer.terms"), text: (row) => row.terms, cell: (row) => <bdi>{row.terms || "—"}</bdi>, hidden: true },
    { key: "created", title: t("sales.taken"), text: (row) => row.created_at, cell: (row) => f.date(row.created_at), hidden: true },
  ];
  const make = may("sales.write") && (
    <LinkButton to="/sales/offers/new" type="primary" icon={<PlusOutlined />}>
      {t("offer.new")}
    </LinkButton>
  );
  return (
    <Page
      title={t("sales.part.offers")}
      lead={t("offer.lead")}
      help={["offer.help.what", "offer.help.campaign", "sales.help.export"]}
      actions={
        <>
          <Bring kind="offers" />
          {make}
        </>
      }
    >
      <SalesTabs at="offers" />
      <CursorTable<Offer>
        name="offers"
        label={t("sales.part.offers")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["offers", "list", q]}
        page={(cursor, limit) => answer(api.GET("/api/v1/offers", { params: { query: { search: q, cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        file={useFile("offers", { search: q })}
        empty={q ? <Empty title={t("table.noFit")} /> : <Empty title={t("offer.none")} what={t("offer.noneWhat")} action={make} />}
        tools={<SearchBox label={t("offer.search")} value={q} onChange={(next) => void navigate({ search: (old) => ({ ...old, q: next, cursor: undefined }), replace: true })} />}
      />
    </Page>
  );
}
