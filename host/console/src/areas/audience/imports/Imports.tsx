/** Every import: what came in, what did not, and why. */
import { getRouteApi, Link } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { StateTag, type Mood } from "@/parts/StateTag";
import { useWords } from "@/words";
import { AudienceTabs } from "../AudienceTabs";

type Import = Schemas["Import"];
const route = getRouteApi("/in/audience/imports");

export const IMPORT_MOODS: Record<Schemas["ImportState"], Mood> = { running: "busy", done: "good", cancelled: "quiet", failed: "bad" };

export function Imports() {
  const { t, f, code } = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const columns: Column<Import>[] = [
    { key: "file", title: t("import.file"), text: (row) => row.file_name, cell: (row) => <Link to="/audience/imports/$id" params={{ id: row.id }}><bdi>{row.file_name || row.id}</bdi></Link> },
    { key: "kind", title: t("import.kind"), text: (row) => code("import.of", row.kind), cell: (row) => code("import.of", row.kind) },
    { key: "state", title: t("campaign.state"), text: (row) => code("import.state", row.state), cell: (row) => <StateTag mood={IMPORT_MOODS[row.state]}>{code("import.state", row.state)}</StateTag> },
    { key: "good", title: t("import.good"), text: (row) => row.rows_good, cell: (row) => f.number(row.rows_good), align: "right" },
    { key: "bad", title: t("import.bad"), text: (row) => row.rows_bad, cell: (row) => f.number(row.rows_bad), align: "right" },
    { key: "size", title: t("import.size"), text: (row) => row.bytes_total, cell: (row) => f.bytes(row.bytes_total), align: "right", hidden: true },
    { key: "created", title: t("why.at"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at) },
  ];
  const make = may("audience.write") && (
    <LinkButton to="/audience/imports/new" type="primary">{t("import.new")}</LinkButton>
  );
  return (
    <Page title={t("audience.imports")} help={["import.help.what", "import.help.undo", "import.help.resume"]} terms={["import", "job"]} actions={make}>
      <AudienceTabs at="imports" />
      <CursorTable<Import>
        name="imports"
        label={t("audience.imports")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["imports", "list"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/imports", { params: { query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: at })}
        empty={<Empty title={t("import.none")} what={t("import.noneWhat")} action={make} />}
      />
    </Page>
  );
}
