/** The review of a campaign: goals against what came, the return against plan, what was measured, and what it taught. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Card, Flex, Select, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { conversionsQuery } from "@/areas/measure/questions";
import { Wall } from "@/parts/Fault";
import { LinkButton } from "@/parts/LinkButton";
import { Loading } from "@/parts/Loading";
import { useWords } from "@/words";
import { GoalsMet } from "./GoalsMet";
import { LessonsTaught } from "./LessonsTaught";
import { Lift } from "./Lift";
import { Return } from "./Return";

const route = getRouteApi("/in/campaigns/$id");

export function Review({ campaign }: { campaign: Schemas["Campaign"] }) {
  const { t } = useWords();
  const may = useMay();
  const { conversion: chosen } = route.useSearch();
  const navigate = route.useNavigate();
  const conversions = useQuery({ ...conversionsQuery, enabled: may("measure.read") });
  const items = conversions.data?.items ?? [];
  const conversion = chosen ?? items[0]?.id;
  if (!may("measure.read")) return <LessonsTaught campaign={campaign.id} conversion={undefined} />;
  // Goals and return would be asked twice, before and after it is known what counts.
  if (conversions.isPending) return <Loading />;
  return (
    <>
      <Flex gap={12} wrap align="center" justify="space-between" className="panel">
        {items.length > 0 ? (
          <Flex gap={8} align="center" wrap>
            <label htmlFor="review-conversion">{t("home.conversion")}</label>
            <Select
              id="review-conversion"
              value={conversion ?? null}
              style={{ minWidth: 280, maxWidth: "100%" }}
              options={items.map((one) => ({ value: one.id, label: one.name }))}
              onChange={(next) => void navigate({ search: (old) => ({ ...old, conversion: next }), resetScroll: false })}
            />
          </Flex>
        ) : (
          <Typography.Text type="secondary">
            {conversions.isSuccess && <Link to="/measure/conversions/new">{t("review.noConversion")}</Link>}
          </Typography.Text>
        )}
        {may("measure.write") && (
          <Flex gap={8} wrap>
            <LinkButton to="/measure/reports/new" search={{ campaign: campaign.id }}>
              {t("review.report")}
            </LinkButton>
            <LinkButton to="/measure/attribution/new" search={{ campaign: campaign.id }}>
              {t("review.attribution")}
            </LinkButton>
          </Flex>
        )}
      </Flex>
      <Wall>
        <Lift campaign={campaign.id} />
      </Wall>
      <Card className="panel" title={t("review.goals")}>
        <GoalsMet campaign={campaign.id} conversion={conversion} />
      </Card>
      <Wall>
        <Return campaign={campaign.id} conversion={conversion} />
      </Wall>
      <Wall>
        <LessonsTaught campaign={campaign.id} conversion={conversion} />
      </Wall>
    </>
  );
}
