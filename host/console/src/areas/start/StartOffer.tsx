/** Offers the first steps where the workspace is fresh, and the way back to them once they are begun. */
import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";
import { Alert, Button, Card, Flex, Typography } from "antd";
import { useMay } from "@/api/me";
import { useKept } from "@/frame/preferences";
import { LinkButton } from "@/parts/LinkButton";
import { useWords } from "@/words";
import { freshQuery } from "./questions";
import { stepOf, STEPS } from "./steps";

export default function StartOffer() {
  const { t } = useWords();
  const may = useMay();
  const { pathname } = useLocation();
  const [tour, setTour] = useKept("start");
  const at = tour ? stepOf(tour) : undefined;
  const fresh = useQuery({ ...freshQuery, enabled: tour === null && pathname === "/" && may("workspace.write") });
  if (pathname.startsWith("/start")) return null;
  if (at) {
    return (
      <Alert
        type="info"
        className="banner"
        title={t("start.goOn", { step: t(`start.step.${at}`), n: STEPS.indexOf(at) + 1, of: STEPS.length })}
        action={
          <Flex gap={8}>
            <LinkButton size="small" type="primary" to="/start/$step" params={{ step: at }}>
              {t("start.back")}
            </LinkButton>
            <Button size="small" onClick={() => setTour("done")}>
              {t("start.end")}
            </Button>
          </Flex>
        }
      />
    );
  }
  if (!fresh.data || tour !== null) return null;
  return (
    <Card className="panel">
      <Typography.Title level={2}>{t("start.offer")}</Typography.Title>
      <Typography.Paragraph>{t("start.offerWhat")}</Typography.Paragraph>
      <Flex gap={8}>
        <LinkButton type="primary" to="/start/$step" params={{ step: STEPS[0] }} onClick={() => setTour(STEPS[0])}>
          {t("start.begin")}
        </LinkButton>
        <Button onClick={() => setTour("done")}>{t("start.notNow")}</Button>
      </Flex>
    </Card>
  );
}
