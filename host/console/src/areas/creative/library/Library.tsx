/** The library: assets to be used again and cases of what was done, with what came of each. */
import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Checkbox, Flex, Select, Tag } from "antd";
import { answer, api } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { SearchBox } from "@/parts/SearchBox";
import { useWords, type Words } from "@/words";
import { CreativeTabs } from "../CreativeTabs";
import { libraryQuery } from "../questions";
import { KINDS, ORIGINS } from "../routes";
import { revenue } from "./revenue";
import { apart, used, type Creative } from "./words";

const route = getRouteApi("/in/creative/library");

export function Library() {
  const words = useWords();
  const { t } = words;
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { q, kind, origin, type, objective, channel, season, theme, archived } = search;
  const filter = { search: q, kind, origin, campaign_type: type, objective, channel, season, theme, archived };
  const filtered = Object.values(filter).some((one) => one !== undefined);
  const make = may("creative.write") && (
    <LinkButton to="/creative/library/new" type="primary" icon={<PlusOutlined />}>
      {t("creative.new")}
    </LinkButton>
  );
  return (
    <Page title={t("creative.library")} lead={t("creative.lead")} help={["creative.help.what", "creative.help.words", "creative.help.import"]} actions={make}>
      <CreativeTabs at="library" />
      <CursorTable<Creative>
        name="creatives"
        label={t("creative.library")}
        columns={columnsOf(words)}
        rowKey={(row) => row.id}
        of={["creatives", "list", filter]}
        page={(cursor, limit) => answer(api.GET("/api/v1/creatives", { params: { query: { ...filter, cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={filtered ? <Empty title={t("table.noFit")} /> : <Empty title={t("creative.none")} what={t("creative.noneWhat")} action={make} />}
        tools={<Filters />}
      />
    </Page>
  );
}

function Filters() {
  const { t, code } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const library = useQuery(libraryQuery);
  const set = (change: Partial<typeof search>, replace = false) => void navigate({ search: (old) => ({ ...old, ...change, cursor: undefined }), replace });
  const words = [
    { key: "type", field: "campaign_type", label: t("creative.field.campaign_type") },
    { key: "objective", field: "objectives", label: t("creative.field.objectives") },
    { key: "channel", field: "channel", label: t("creative.field.channel") },
    { key: "season", field: "season", label: t("creative.field.season") },
    { key: "theme", field: "theme", label: t("creative.field.theme") },
  ] as const;
  return (
    <>
      <SearchBox label={t("creative.search")} value={search.q} onChange={(q) => set({ q }, true)} />
      <Select allowClear aria-label={t("creative.field.kind")} placeholder={t("creative.field.kind")} className="filter" value={search.kind} options={KINDS.map((value) => ({ value, label: code("creative.kind", value) }))} onChange={(kind) => set({ kind })} />
      <Select allowClear aria-label={t("creative.field.origin")} placeholder={t("creative.field.origin")} className="filter" value={search.origin} options={ORIGINS.map((value) => ({ value, label: code("creative.origin", value) }))} onChange={(origin) => set({ origin })} />
      {words.map(({ key, field, label }) => (
        <Select key={key} allowClear showSearch aria-label={label} placeholder={label} className="filter" popupMatchSelectWidth={false} loading={library.isPending} value={search[key]} options={used(library.data?.items, field)} onChange={(value?: string) => set({ [key]: value })} />
      ))}
      <Checkbox className="filter-box" checked={search.archived ?? false} onChange={(event) => set({ archived: event.target.checked || undefined })}>
        {t("creative.archivedOnes")}
      </Checkbox>
    </>
  );
}

function columnsOf({ t, f, code }: Words): Column<Creative>[] {
  const tags = (key: "theme" | "season" | "channel" | "objectives" | "audience" | "categories", hidden = false): Column<Creative> => ({
    key,
    title: t(`creative.field.${key}`),
    text: (row) => row[key],
    cell: (row) => <Several words={row[key]} />,
    hidden,
  });
  return [
    { key: "title", title: t("creative.field.title"), text: (row) => row.title, cell: (row) => <Link to="/creative/library/$id" params={{ id: row.id }}><bdi>{row.title}</bdi></Link> },
    { key: "kind", title: t("creative.field.kind"), text: (row) => code("creative.kind", row.kind), cell: (row) => code("creative.kind", row.kind) },
    { key: "code", title: t("creative.field.code"), text: (row) => row.code, cell: (row) => <span className="mono">{row.code}</span>, hidden: true },
    { key: "origin", title: t("creative.field.origin"), text: (row) => code("creative.origin", row.origin), cell: (row) => code("creative.origin", row.origin), hidden: true },
    { key: "type", title: t("creative.field.campaign_type"), text: (row) => row.campaign_type, cell: (row) => row.campaign_type || "—" },
    tags("objectives"),
    tags("channel", true),
    tags("season"),
    tags("theme", true),
    tags("categories", true),
    tags("audience", true),
    { key: "results", title: t("creative.uses"), text: (row) => row.past.results, cell: (row) => f.number(row.past.results), align: "right", hidden: true },
    { key: "tried", title: t("creative.tried"), text: (row) => row.past.tried, cell: (row) => f.number(row.past.tried), align: "right" },
    { key: "reached", title: t("creative.reached"), text: (row) => row.past.reached, cell: (row) => f.number(row.past.reached), align: "right" },
    { key: "revenue", title: t("creative.revenue"), text: (row) => revenue(f, row.past.revenue), cell: (row) => revenue(f, row.past.revenue), align: "right", hidden: true },
    { key: "last", title: t("creative.last"), text: (row) => row.past.last_at, cell: (row) => f.date(row.past.last_at) },
    { key: "updated", title: t("creative.updated"), text: (row) => row.updated_at, cell: (row) => f.time(row.updated_at), hidden: true },
  ];
}

export function Several({ words }: { words: string }) {
  const shown = apart(words);
  if (shown.length === 0) return "—";
  return (
    <Flex gap={4} wrap>
      {shown.map((word) => (
        <Tag key={word} className="state-tag">
          <bdi>{word}</bdi>
        </Tag>
      ))}
    </Flex>
  );
}
