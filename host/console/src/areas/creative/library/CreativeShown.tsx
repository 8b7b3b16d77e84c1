/** A creative as those see it who may not change it. */
import { Card, Descriptions } from "antd";
import { useWords } from "@/words";
import { Several } from "./Library";
import { SEVERAL, SINGLE, type Creative } from "./words";

export function CreativeShown({ creative }: { creative: Creative }) {
  const { t, code } = useWords();
  return (
    <Card className="panel">
      <Descriptions
        column={1}
        items={[
          { key: "origin", label: t("creative.field.origin"), children: code("creative.origin", creative.origin) },
          { key: "description", label: t("creative.field.description"), children: <span className="plain">{creative.description || "—"}</span> },
          { key: "body", label: t("creative.field.body"), children: <span className="plain">{creative.body || "—"}</span> },
          { key: "link", label: t("creative.field.link"), children: <span className="plain">{creative.link || "—"}</span> },
          ...[...SINGLE, ...SEVERAL].map((field) => ({ key: field, label: t(`creative.field.${field}`), children: <Several words={creative[field]} /> })),
        ]}
      />
    </Card>
  );
}
