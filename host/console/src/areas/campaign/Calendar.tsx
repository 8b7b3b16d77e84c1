/** Campaigns by the months of a year, with what colleagues noted of single days. */
import { LeftOutlined, RightOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Card, Flex, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { Empty } from "@/parts/Empty";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { CampaignTabs } from "./CampaignTabs";
import { monthsOf, yearsOf } from "./months";
import { Notes } from "./Notes";
import { calendarQuery } from "./questions";
import { campaignMood } from "./states";

const route = getRouteApi("/in/campaigns/calendar");

export function Calendar() {
  const { t, f } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const asked = useQuery(calendarQuery);
  const campaigns = asked.data?.items ?? [];
  const years = yearsOf(campaigns, f.zone);
  const year = search.year ?? years.at(-1) ?? new Date().getFullYear();
  const go = (next: number) => void navigate({ search: { year: next } });
  const months = monthsOf(campaigns, year, f.zone);
  return (
    <Page title={t("campaigns.calendar")} lead={t("calendar.lead")} help={["calendar.help.what", "calendar.help.notes"]}>
      <CampaignTabs at="calendar" />
      <Flex gap={8} align="center" className="table-tools">
        <Button icon={<LeftOutlined />} aria-label={t("calendar.before")} title={t("calendar.before")} onClick={() => go(year - 1)} />
        <Typography.Title level={2} aria-live="polite">
          {String(year)}
        </Typography.Title>
        <Button icon={<RightOutlined />} aria-label={t("calendar.after")} title={t("calendar.after")} onClick={() => go(year + 1)} />
      </Flex>
      {asked.isError && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      {asked.isPending && <Loading />}
      <div className="two">
        <div>
          {asked.data && months.length === 0 && <Empty title={t("calendar.none", { year: String(year) })} what={t("calendar.noneWhat")} />}
          {months.map(({ month, items }) => (
            <Card key={month} className="panel" size="small" title={<Month month={month} />}>
              <ul className="bare">
                {items.map((one) => (
                  <Row key={one.id} campaign={one} />
                ))}
              </ul>
            </Card>
          ))}
          {asked.data?.next && <Typography.Text type="secondary">{t("calendar.cut", { n: campaigns.length })}</Typography.Text>}
        </div>
        <Notes year={year} />
      </div>
    </Page>
  );
}

function Month({ month }: { month: string }) {
  const { language } = useWords();
  // The middle of the month in UTC is in that month everywhere.
  return new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(`${month}-15T12:00:00Z`));
}

function Row({ campaign }: { campaign: Schemas["Campaign"] }) {
  const { f, code } = useWords();
  return (
    <li>
      <Flex gap={8} align="baseline" justify="space-between">
        <span>
          <Link to="/campaigns/$id" params={{ id: campaign.id }}>
            <bdi>{campaign.name}</bdi>
          </Link>
          <Typography.Text type="secondary" className="small block">
            {f.date(campaign.starts_at)} – {f.date(campaign.ends_at)}
          </Typography.Text>
        </span>
        <StateTag mood={campaignMood(campaign.state)}>{code("campaign.state", campaign.state)}</StateTag>
      </Flex>
    </li>
  );
}
