/** Two segments held against each other: only one, both, only the other. */
import { useQuery } from "@tanstack/react-query";
import { Card, Flex, Select, Typography } from "antd";
import { answer, api } from "@/api/client";
import { segmentsQuery } from "@/areas/campaign/questions";
import { Chart } from "@/parts/Chart";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";

interface Props {
  a: string | undefined;
  b: string | undefined;
  onChange: (next: { a?: string | undefined; b?: string | undefined }) => void;
}

export function Overlap({ a, b, onChange }: Props) {
  const { t, f } = useWords();
  const segments = useQuery(segmentsQuery);
  const both = a !== undefined && b !== undefined && a !== b;
  const asked = useQuery({
    queryKey: ["segments", "overlap", a, b],
    enabled: both,
    queryFn: () => answer(api.POST("/api/v1/segments/overlap", { body: { a: { segment: a ?? "" }, b: { segment: b ?? "" } } })),
  });
  const options = (segments.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }));
  const name = (id: string | undefined) => options.find((one) => one.value === id)?.label ?? "";
  if (options.length < 2) return null;
  return (
    <Card className="panel section" title={t("segment.overlap")}>
      <Flex gap={12} wrap className="table-tools">
        <Select aria-label={t("segment.first")} placeholder={t("segment.first")} style={{ width: 280 }} value={a} options={options} onChange={(next) => onChange({ a: next })} />
        <Select aria-label={t("segment.second")} placeholder={t("segment.second")} style={{ width: 280 }} value={b} options={options} onChange={(next) => onChange({ b: next })} />
      </Flex>
      {!both && <Typography.Text type="secondary">{t("segment.overlapHow")}</Typography.Text>}
      {asked.isError && <ProblemAlert error={asked.error} />}
      {both && asked.isPending && <Loading />}
      {both && asked.data && (
        <Chart
          title={t("segment.overlap")}
          name="overlap"
          kind="rows"
          by={t("segment.part")}
          height={180}
          categories={[t("segment.only", { name: name(a) }), t("segment.inBoth"), t("segment.only", { name: name(b) })]}
          series={[{ name: t("segment.peopleCount"), values: [asked.data.a - asked.data.both, asked.data.both, asked.data.b - asked.data.both] }]}
          show={(value) => f.number(value)}
        />
      )}
    </Card>
  );
}
