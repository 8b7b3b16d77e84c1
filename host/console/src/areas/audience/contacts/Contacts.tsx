/** Everyone who may be addressed. */
import { getRouteApi } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { SearchBox } from "@/parts/SearchBox";
import { useWords } from "@/words";
import { AudienceTabs } from "../AudienceTabs";
import { contactColumns } from "./columns";

const route = getRouteApi("/in/audience/contacts");

export function Contacts() {
  const words = useWords();
  const { t } = words;
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { q } = search;
  const bring = may("audience.write") && (
    <LinkButton to="/audience/imports/new" search={{ kind: "contacts" }} type="primary">{t("contact.import")}</LinkButton>
  );
  return (
    <Page title={t("audience.contacts")} help={["contact.help.list", "contact.help.search"]} actions={bring}>
      <AudienceTabs at="contacts" />
      <CursorTable<Schemas["Contact"]>
        name="contacts"
        label={t("audience.contacts")}
        columns={contactColumns(words)}
        rowKey={(row) => row.id}
        of={["contacts", "list", q]}
        page={(cursor, limit) => answer(api.GET("/api/v1/contacts", { params: { query: { q, cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={q ? <Empty title={t("search.none", { text: q })} /> : <Empty title={t("contact.none")} what={t("contact.noneWhat")} action={bring} />}
        tools={
          <SearchBox label={t("contact.search")} value={q} onChange={(next) => void navigate({ search: (old) => ({ ...old, q: next, cursor: undefined }), replace: true })} />
        }
      />
    </Page>
  );
}
