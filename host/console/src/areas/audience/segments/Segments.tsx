/** Segments: live rules; how two of them overlap; and which ones your own data suggest. */
import { PlusOutlined } from "@ant-design/icons";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Switch } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { Wall } from "@/parts/Fault";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { AudienceTabs } from "../AudienceTabs";
import { Overlap } from "./Overlap";
import { Suggestions } from "./Suggestions";

type Segment = Schemas["Segment"];
const route = getRouteApi("/in/audience/segments");

export function Segments() {
  const { t, f } = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { archived } = search;
  const columns: Column<Segment>[] = [
    { key: "name", title: t("segment.name"), text: (row) => row.name, cell: (row) => <Link to="/audience/segments/$id" params={{ id: row.id }}>{row.name}</Link> },
    { key: "description", title: t("segment.description"), text: (row) => row.description, cell: (row) => row.description || "—" },
    { key: "strategy", title: t("segment.strategy"), text: (row) => row.strategy, cell: (row) => row.strategy || "—", hidden: true },
    { key: "owner", title: t("segment.owner"), text: (row) => row.owner, cell: (row) => row.owner || "—" },
    { key: "measure", title: t("segment.measure"), text: (row) => row.measure, cell: (row) => row.measure || "—" },
    { key: "updated", title: t("campaign.updated"), text: (row) => row.updated_at, cell: (row) => f.time(row.updated_at) },
  ];
  const make = may("audience.write") && (
    <LinkButton to="/audience/segments/new" type="primary" icon={<PlusOutlined />}>
        {t("segment.new")}</LinkButton>
  );
  return (
    <Page title={t("audience.segments")} help={["segment.help.what", "segment.help.overlap", "segment.help.suggestions"]} terms={["segment", "snapshot"]} actions={make}>
      <AudienceTabs at="segments" />
      <CursorTable<Segment>
        name="segments"
        label={t("audience.segments")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["segments", "list", archived]}
        page={(cursor, limit) => answer(api.GET("/api/v1/segments", { params: { query: { archived, cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={<Empty title={t("segment.none")} what={t("segment.noneWhat")} action={make} />}
        tools={
          <label>
            <Switch size="small" checked={archived ?? false} onChange={(on) => void navigate({ search: (old) => ({ ...old, archived: on || undefined, cursor: undefined }) })} /> {t("segment.showArchived")}
          </label>
        }
      />
      <Wall>
        <Overlap a={search.a} b={search.b} onChange={(next) => void navigate({ search: (old) => ({ ...old, ...next }), replace: true })} />
      </Wall>
      <Wall>
        <Suggestions />
      </Wall>
    </Page>
  );
}
