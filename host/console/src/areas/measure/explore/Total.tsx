/** The one figure above the chart; it opens its definition. */
import { InfoCircleOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Flex, Skeleton, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { questionQuery, type Question } from "../questions";

const route = getRouteApi("/in/measure/explore");

export function Total({ question, known, by }: { question: Question; known: Schemas["Metric"]; by: string | undefined }) {
  const { t, f } = useWords();
  const navigate = route.useNavigate();
  const asked = useQuery(questionQuery(question));
  // With a breakdown the chart below says what stands against the question.
  if (asked.isError) return by ? null : <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  const other = asked.data?.comparison;
  return (
    <Flex gap={16} wrap className="panel">
      <button
        type="button"
        className="figure total"
        title={known.definition}
        onClick={() => void navigate({ search: (old) => ({ ...old, definition: known.name }), resetScroll: false })}
      >
        <Typography.Text type="secondary">
          {known.title} <InfoCircleOutlined aria-hidden /> <span className="unseen">{t("explore.openDefinition")}</span>
        </Typography.Text>
        {asked.data ? <div className="figure-value">{f.value(asked.data.total, asked.data.unit)}</div> : <Skeleton active title={false} paragraph={{ rows: 1 }} />}
      </button>
      {other && asked.data && (
        <div className="figure total">
          <Typography.Text type="secondary">{t("explore.other", { from: f.date(other.start), until: f.date(new Date(new Date(other.end).getTime() - 1).toISOString()) })}</Typography.Text>
          <div className="figure-value">{f.value(other.total, asked.data.unit)}</div>
        </div>
      )}
    </Flex>
  );
}
