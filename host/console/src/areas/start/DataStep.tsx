/** The first data: each kind leads to its import and back; what came in so far is listed. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Card, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { IMPORT_MOODS } from "@/areas/audience/imports/Imports";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { importsQuery } from "./questions";
import type { StepProps } from "./StartPage";
import { StepButtons } from "./StepButtons";

type Import = Schemas["Import"];
const FIRST = ["contacts", "products", "orders"] as const;

export function DataStep({ onDone, onBack }: StepProps) {
  const { t, f, code } = useWords();
  const may = useMay();
  const asked = useQuery(importsQuery);
  const columns: Column<Import>[] = [
    { key: "file", title: t("import.file"), text: (row) => row.file_name, cell: (row) => <Link to="/audience/imports/$id" params={{ id: row.id }}><bdi>{row.file_name || row.id}</bdi></Link> },
    { key: "kind", title: t("import.kind"), text: (row) => code("import.of", row.kind), cell: (row) => code("import.of", row.kind) },
    { key: "state", title: t("campaign.state"), text: (row) => code("import.state", row.state), cell: (row) => <StateTag mood={IMPORT_MOODS[row.state]}>{code("import.state", row.state)}</StateTag> },
    { key: "good", title: t("import.good"), align: "right", text: (row) => row.rows_good, cell: (row) => f.number(row.rows_good) },
    { key: "bad", title: t("import.bad"), align: "right", text: (row) => row.rows_bad, cell: (row) => f.number(row.rows_bad) },
  ];
  return (
    <Card title={t("start.step.data")}>
      <Typography.Paragraph type="secondary">{t("start.data.what")}</Typography.Paragraph>
      <div className="figures">
        {FIRST.map((kind) => (
          <Card key={kind} size="small" title={t(`import.of.${kind}`)}>
            <Typography.Paragraph>{t(`start.data.${kind}`)}</Typography.Paragraph>
            {may("audience.write") && (
              <LinkButton to="/audience/imports/new" search={{ kind }}>
                {t("import.new")}
              </LinkButton>
            )}
          </Card>
        ))}
      </div>
      {asked.isError ? (
        <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />
      ) : (
        <DataTable<Import> name="start-imports" label={t("audience.imports")} columns={columns} rows={asked.data?.items ?? []} rowKey={(row) => row.id} loading={asked.isPending} empty={<Empty title={t("import.none")} what={t("start.data.none")} />} />
      )}
      <StepButtons onBack={onBack} onNext={onDone} />
    </Card>
  );
}
