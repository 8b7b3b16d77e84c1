/** Conversion definitions: what counts as success, and how long before it a touch may earn credit. */
import { PlusOutlined } from "@ant-design/icons";
import { getRouteApi, Link } from "@tanstack/react-router";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { MeasureTabs } from "../MeasureTabs";

type Definition = Schemas["ConversionDefinition"];
const route = getRouteApi("/in/measure/conversions");

export function Conversions() {
  const { t, f, code } = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const counts = ({ rule }: Definition) => (rule.on === "event" ? t("conversion.onEvent", { name: rule.name }) : code("conversion.of", rule.of));
  const columns: Column<Definition>[] = [
    { key: "name", title: t("conversion.name"), text: (row) => row.name, cell: (row) => <Link to="/measure/conversions/$id" params={{ id: row.id }}><bdi>{row.name}</bdi></Link> },
    { key: "code", title: t("conversion.code"), text: (row) => row.code, cell: (row) => <span className="mono">{row.code}</span> },
    { key: "rule", title: t("conversion.counts"), text: counts, cell: counts },
    { key: "value", title: t("conversion.value"), text: (row) => code("conversion.value", row.rule.value), cell: (row) => code("conversion.value", row.rule.value) },
    { key: "counting", title: t("conversion.counting"), text: (row) => code("conversion.counting", row.counting), cell: (row) => code("conversion.counting", row.counting) },
    { key: "window", title: t("conversion.window"), align: "right", text: (row) => row.window_days, cell: (row) => t("conversion.days", { n: row.window_days }) },
    { key: "updated", title: t("campaign.updated"), text: (row) => row.updated_at, cell: (row) => f.time(row.updated_at), hidden: true },
  ];
  const make = may("measure.write") && (
    <LinkButton to="/measure/conversions/new" type="primary" icon={<PlusOutlined />}>
      {t("conversion.new")}
    </LinkButton>
  );
  return (
    <Page title={t("measure.conversions")} lead={t("conversion.lead")} help={["conversion.help.what", "conversion.help.window"]} actions={make}>
      <MeasureTabs at="conversions" />
      <CursorTable<Definition>
        name="conversion-definitions"
        label={t("measure.conversions")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["conversion-definitions", "list"]}
        page={(cursor, limit) => answer(api.GET("/api/v1/conversion-definitions", { params: { query: { cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={<Empty title={t("conversion.none")} what={t("conversion.noneWhat")} action={make} />}
      />
    </Page>
  );
}
