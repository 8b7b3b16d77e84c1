/** How many people fit the rule as it is being made, and a few of them. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Card, Flex, Spin, Statistic, Typography } from "antd";
import { useEffect, useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { contactColumns } from "../contacts/columns";
import type { Json } from "./rule";

/** There is room for these beside the form; the others are in the choice of columns. */
const BESIDE = ["name", "locale", "region", "created"];
const SAMPLE = 10;
const REST_MS = 500;

export function LiveCount({ rule }: { rule: Json }) {
  const words = useWords();
  const { t, f } = words;
  const text = JSON.stringify(rule);
  const [asked, setAsked] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const preview = useQuery({
    queryKey: ["segments", "preview", asked],
    queryFn: ({ signal }) =>
      answer(api.POST("/api/v1/segments/preview", { body: { of: { rule: JSON.parse(asked) as Record<string, never> }, sample: SAMPLE }, signal })),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const waits = preview.isFetching || asked !== text;
  return (
    <Card className="panel" title={t("segment.live")}>
      {preview.isError ? (
        <ProblemAlert error={preview.error} />
      ) : (
        <>
          <Flex gap={24} align="center" role="status" aria-live="polite">
            <Statistic title={t("segment.fits")} value={preview.data ? f.number(preview.data.count) : "…"} />
            {waits && <Spin size="small" />}
            {preview.data && (
              <Typography.Text type="secondary" className="small">
                {t("segment.asOf", { at: f.time(preview.data.as_of) })}
              </Typography.Text>
            )}
          </Flex>
          <Typography.Title level={2} className="section">{t("segment.sample")}</Typography.Title>
          <DataTable<Schemas["Contact"]>
            name="segment-sample"
            label={t("segment.sample")}
            columns={contactColumns(words).map((one) => (BESIDE.includes(one.key) ? one : { ...one, hidden: true }))}
            rows={preview.data?.sample ?? []}
            rowKey={(row) => row.id}
            loading={preview.isPending}
            empty={<Empty title={t("segment.nobody")} what={t("segment.nobodyWhat")} />}
          />
        </>
      )}
    </Card>
  );
}
