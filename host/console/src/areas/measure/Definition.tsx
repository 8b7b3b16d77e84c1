/** What a metric means, its formula, and what it is made from. */
import { Descriptions, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { useWords } from "@/words";

export function Definition({ metric }: { metric: Schemas["Metric"] }) {
  const { t } = useWords();
  return (
    <>
      <Typography.Paragraph>{metric.definition}</Typography.Paragraph>
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: "formula", label: t("home.formula"), children: metric.formula },
          { key: "from", label: t("home.lineage"), children: [...metric.lineage.metrics, ...metric.lineage.tables].join(", ") || "—" },
          { key: "kind", label: t("home.kind"), children: t(`home.kind.${kindOf(metric.kind)}`) },
        ]}
      />
    </>
  );
}

function kindOf(kind: string): "additive" | "distinct" | "ratio" {
  return kind === "distinct" || kind === "ratio" ? kind : "additive";
}
