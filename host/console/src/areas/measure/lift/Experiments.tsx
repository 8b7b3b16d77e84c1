/** Experiments: who is drawn into which arm, and who is held out. */
import { PlusOutlined } from "@ant-design/icons";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Switch } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { MeasureTabs } from "../MeasureTabs";

type Experiment = Schemas["Experiment"];
const route = getRouteApi("/in/measure/experiments");
/** Basis points of a whole. */
export const WHOLE_BP = 10_000;

export function Experiments() {
  const { t, f, code } = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { archived } = search;
  const arms = (row: Experiment) => row.arms.map((arm) => t(arm.held_out ? "experiment.armHeld" : "experiment.armIs", { arm: arm.name, share: f.percent(arm.share_bp / WHOLE_BP) })).join(" · ");
  const columns: Column<Experiment>[] = [
    { key: "name", title: t("experiment.name"), text: (row) => row.name, cell: (row) => <Link to="/measure/experiments/$id" params={{ id: row.id }}><bdi>{row.name}</bdi></Link> },
    { key: "scope", title: t("experiment.scope"), text: (row) => code("experiment.scope", row.scope), cell: (row) => code("experiment.scope", row.scope) },
    { key: "arms", title: t("experiment.arms"), text: arms, cell: arms },
    { key: "starts", title: t("experiment.starts"), text: (row) => row.starts_at, cell: (row) => f.date(row.starts_at) },
    { key: "ends", title: t("experiment.ends"), text: (row) => row.ends_at, cell: (row) => f.date(row.ends_at) },
    { key: "created", title: t("run.created"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at), hidden: true },
  ];
  const make = may("audience.write") && (
    <LinkButton to="/measure/experiments/new" type="primary" icon={<PlusOutlined />}>
      {t("experiment.new")}
    </LinkButton>
  );
  return (
    <Page title={t("measure.experiments")} lead={t("experiment.lead")} help={["experiment.help.what", "experiment.help.scope"]} actions={make}>
      <MeasureTabs at="experiments" />
      <CursorTable<Experiment>
        name="experiments"
        label={t("measure.experiments")}
        columns={columns}
        rowKey={(row) => row.id}
        of={["experiments", "list", archived]}
        page={(cursor, limit) => answer(api.GET("/api/v1/experiments", { params: { query: { archived, cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={archived ? <Empty title={t("table.noFit")} /> : <Empty title={t("experiment.none")} what={t("experiment.noneWhat")} action={make} />}
        tools={
          <label>
            <Switch size="small" checked={archived ?? false} onChange={(on) => void navigate({ search: (old) => ({ ...old, archived: on || undefined, cursor: undefined }) })} /> {t("segment.showArchived")}
          </label>
        }
      />
    </Page>
  );
}
