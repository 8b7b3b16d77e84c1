/** One offer: its terms, the products under it, and who used it. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Card, Descriptions, Tabs } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { EditForm, useEdit } from "@/parts/edit";
import { Wall } from "@/parts/Fault";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { offerQuery } from "../questions";
import { OFFER_TABS } from "../routes";
import { OfferFields, type OfferValues } from "./OfferFields";
import { OfferProducts } from "./OfferProducts";
import { RedemptionsTable } from "./RedemptionsTable";

type Offer = Schemas["Offer"];
const route = getRouteApi("/in/sales/offers/$id");

export function OfferPage() {
  const { id } = route.useParams();
  const asked = useQuery(offerQuery(id));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Loaded offer={asked.data} />;
}

function Loaded({ offer }: { offer: Offer }) {
  const { t } = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { tab = "terms" } = search;
  const pages = {
    terms: may("sales.write") ? <Change key={offer.id} offer={offer} /> : <Shown offer={offer} />,
    // The two lists share the address's cursor: only the one in sight may read it. The form stays, with what was typed.
    products: tab === "products" && <OfferProducts offer={offer.id} />,
    redemptions: tab === "redemptions" && <RedemptionsTable offer={offer.id} at={search} onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })} />,
  };
  return (
    <Page title={offer.name} lead={<span className="mono">{offer.code}</span>} help={["offer.help.what", "offer.help.products", "offer.help.campaign"]}>
      <Tabs
        activeKey={tab}
        destroyOnHidden={false}
        onChange={(next) => void navigate({ search: { tab: OFFER_TABS.find((one) => one === next) } })}
        items={OFFER_TABS.map((key) => ({ key, label: t(`offer.tab.${key}`), children: <Wall>{pages[key]}</Wall> }))}
      />
    </Page>
  );
}

const pick = ({ name, terms, starts_at, ends_at, budget }: Offer): OfferValues => ({ name, terms, starts_at: starts_at ?? null, ends_at: ends_at ?? null, budget: budget ?? null });

function Change({ offer }: { offer: Offer }) {
  const { t, f } = useWords();
  const queries = useQueryClient();
  const params = { path: { id: offer.id } };
  const edit = useEdit<Offer, OfferValues>({
    held: offer,
    pick,
    save: (version, { name, terms, starts_at, ends_at, budget }) =>
      answer(
        api.PATCH("/api/v1/offers/{id}", {
          params,
          headers: ifMatch(version),
          body: { name: name ?? null, terms: terms ?? null, starts_at: starts_at ?? null, ends_at: ends_at ?? null, budget: budget ?? null },
        }),
      ),
    read: () => answer(api.GET("/api/v1/offers/{id}", { params })),
    onSaved: (next) => {
      queries.setQueryData(offerQuery(offer.id).queryKey, next);
      void queries.invalidateQueries({ queryKey: ["offers", "list"] });
    },
    names: { name: t("offer.name"), terms: t("offer.terms"), starts_at: t("offer.starts"), ends_at: t("offer.ends"), budget: t("offer.budget") },
    show: (field, value) => {
      if (field === "budget") return value ? f.money((value as Schemas["Money"]).minor, (value as Schemas["Money"]).currency) : "—";
      return field === "starts_at" || field === "ends_at" ? f.time(value as string | null) : undefined;
    },
  });
  return (
    <EditForm of={edit}>
      <OfferFields />
    </EditForm>
  );
}

function Shown({ offer }: { offer: Offer }) {
  const { t, f } = useWords();
  return (
    <Card className="panel">
      <Descriptions
        column={1}
        items={[
          { key: "terms", label: t("offer.terms"), children: <span className="plain">{offer.terms || "—"}</span> },
          { key: "starts", label: t("offer.starts"), children: offer.starts_at ? f.time(offer.starts_at) : t("offer.always") },
          { key: "ends", label: t("offer.ends"), children: offer.ends_at ? f.time(offer.ends_at) : t("offer.forEver") },
          { key: "budget", label: t("offer.budget"), children: offer.budget ? f.money(offer.budget.minor, offer.budget.currency) : "—" },
        ]}
      />
    </Card>
  );
}
