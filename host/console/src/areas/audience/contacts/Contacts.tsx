/** Everyone who may be addressed; the filters stand in the address. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Select } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { segmentsQuery } from "@/areas/campaign/questions";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { FilterSelect } from "@/parts/FilterSelect";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { SearchBox } from "@/parts/SearchBox";
import { useWords } from "@/words";
import { AudienceTabs } from "../AudienceTabs";
import { IDENTITY_KINDS } from "../routes";
import { contactColumns } from "./columns";
import { NewContact } from "./NewContact";

const route = getRouteApi("/in/audience/contacts");

export function Contacts() {
  const words = useWords();
  const { t, code } = words;
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const segments = useQuery(segmentsQuery);
  const { q, identity, segment } = search;
  const bring = may("audience.write") && (
    <LinkButton to="/audience/imports/new" search={{ kind: "contacts" }} type="primary">{t("contact.import")}</LinkButton>
  );
  const filter = (more: Partial<typeof search>, replace = false) => void navigate({ search: (old) => ({ ...old, ...more, cursor: undefined }), replace });
  // The API lists a segment whole, or finds by text among everyone: one of the two.
  const page = (cursor: string | undefined, limit: number) =>
    segment
      ? answer(api.GET("/api/v1/segments/{id}/contacts", { params: { path: { id: segment }, query: { cursor, limit } } }))
      : answer(api.GET("/api/v1/contacts", { params: { query: { q, identity: q ? identity : undefined, cursor, limit } } }));
  return (
    <Page
      title={t("audience.contacts")}
      help={["contact.help.list", "contact.help.search", "contact.help.filter"]}
      terms={["contact", "identity", "segment"]}
      actions={
        <>
          {may("audience.export") && !q && (
            <Button href={`/api/v1/exports/contacts?format=csv${segment ? `&segment=${segment}` : ""}`} download>
              {t("contact.exportAll")}
            </Button>
          )}
          {may("audience.write") && <NewContact />}
          {bring}
        </>
      }
    >
      <AudienceTabs at="contacts" />
      <CursorTable<Schemas["Contact"]>
        name="contacts"
        label={t("audience.contacts")}
        columns={contactColumns(words)}
        rowKey={(row) => row.id}
        of={["contacts", "list", q, identity, segment]}
        page={page}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={q ? <Empty title={t("search.none", { text: q })} /> : segment ? <Empty title={t("segment.nobody")} /> : <Empty title={t("contact.none")} what={t("contact.noneWhat")} action={bring} />}
        tools={
          <>
            <SearchBox label={t("contact.search")} value={q} onChange={(next) => filter({ q: next, segment: undefined }, true)} />
            <FilterSelect
              label={t("contact.byIdentity")}
              words={IDENTITY_KINDS}
              name={(kind) => code("identity", kind)}
              value={identity}
              onChange={(next) => filter({ identity: next })}
              width={180}
              disabled={segment !== undefined}
            />
            <Select
              allowClear
              showSearch={{ optionFilterProp: "label" }}
              aria-label={t("campaign.segment")}
              placeholder={t("campaign.segment")}
              style={{ width: 240 }}
              value={segment}
              options={(segments.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
              onChange={(next) => filter({ segment: next, q: undefined, identity: undefined })}
            />
          </>
        }
      />
    </Page>
  );
}
