/** Why people were not reached, and what came back: by cause, as the catalogue counts them. */
import { Link } from "@tanstack/react-router";
import { Card } from "antd";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { MetricChart } from "@/areas/measure/MetricChart";
import { Empty } from "@/parts/Empty";
import { Wall } from "@/parts/Fault";
import { useWords } from "@/words";

export function Failures({ campaign, rows }: { campaign: string; rows: Schemas["LedgerCount"][] }) {
  const { t } = useWords();
  const may = useMay();
  const rejected = rows.find((row) => row.state === "rejected")?.count ?? 0;
  if (!may("measure.read")) return null;
  const where = { campaign: [campaign] };
  return (
    <Card
      className="panel"
      title={t("failures.title")}
      extra={
        rejected > 0 && (
          <Link to="/campaigns/$id" params={{ id: campaign }} search={{ tab: "people", state: "rejected" }}>
            {t("failures.rejected", { n: rejected })}
          </Link>
        )
      }
    >
      <Wall>
        <MetricChart question={{ metric: "not-sent", by: ["reason"], order: "value-descending", where }} kind="rows" empty={<Empty title={t("failures.none")} />} />
      </Wall>
      <Wall>
        <MetricChart question={{ metric: "bounces", by: ["event"], order: "value-descending", where }} kind="rows" empty={<Empty title={t("failures.noBounces")} />} />
      </Wall>
    </Card>
  );
}
