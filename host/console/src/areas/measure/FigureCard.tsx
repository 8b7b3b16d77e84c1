/** One figure of the catalogue with its change; a click opens its definition and what is under it. */
import { ArrowDownOutlined, ArrowUpOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Skeleton, Typography } from "antd";
import { useWords } from "@/words";
import type { Span } from "./period";
import { catalogueQuery, questionQuery, whereOf } from "./questions";

interface Props {
  metric: string;
  span: Span;
  where?: Record<string, string[]>;
  onOpen: () => void;
  /** The conversion definition that metrics of conversions are asked for. */
  conversion?: string | undefined;
}

export function FigureCard({ metric, span, where: asWhere, onOpen, conversion }: Props) {
  const { t, f } = useWords();
  const catalogue = useQuery(catalogueQuery);
  const known = catalogue.data?.items.find((one) => one.name === metric);
  const where = whereOf(known, asWhere, conversion);
  // A metric without days (how many contacts there are) is a level: it has no period to compare.
  const timed = known?.dimensions.some((one) => one.name === "day") ?? false;
  const asked = useQuery({
    ...questionQuery({ metric, ...(where && { where }), ...(timed && span), ...(timed && span.start && { compare: "previous-period" }) }),
    enabled: known !== undefined,
  });
  if (catalogue.isSuccess && !known) return null;
  if (asked.isError) {
    return (
      <button type="button" className="figure" onClick={() => void asked.refetch()}>
        <Typography.Text type="secondary">{known?.title ?? metric}</Typography.Text>
        <Typography.Text type="danger">{asked.error.message}</Typography.Text>
        <span className="small">{t("error.again")}</span>
      </button>
    );
  }
  return (
    <button type="button" className="figure" onClick={onOpen} title={known?.definition}>
      <Typography.Text type="secondary">{known?.title ?? metric}</Typography.Text>
      {asked.data ? (
        <>
          <div className="figure-value">{f.value(asked.data.total, asked.data.unit)}</div>
          <Change now={asked.data.total} before={asked.data.comparison?.total} label={t("home.before")} none={asWhere ? "" : timed ? t("home.noBefore") : t("home.level")} />
        </>
      ) : (
        <Skeleton active title={false} paragraph={{ rows: 2 }} />
      )}
    </button>
  );
}

function Change({ now, before, label, none }: { now?: number | null; before?: number | null; label: string; none: string }) {
  const { f } = useWords();
  if (now === null || now === undefined || !before) return <Typography.Text type="secondary" className="small">{none}</Typography.Text>;
  const change = now / before - 1;
  return (
    <Typography.Text type="secondary" className="small">
      {change >= 0 ? <ArrowUpOutlined aria-hidden /> : <ArrowDownOutlined aria-hidden />} {change >= 0 ? "+" : ""}
      {f.percent(change)} {label}
    </Typography.Text>
  );
}
