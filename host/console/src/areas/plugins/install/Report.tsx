/** The compatibility report of a package that is not stored yet, and the step that takes it in. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Button, Card, Flex, Select, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";
import { Markdown } from "../packages/Markdown";
import { PackageShown, Verdict } from "../packages/PackageShown";
import { inLanguage, installationsQuery } from "../questions";
import { Changes } from "../versions/Changes";
import { Sending } from "./FileSource";
import type { Incoming } from "./useIncoming";

interface Props {
  check: Schemas["PluginCheck"];
  against: string | undefined;
  incoming: Incoming;
  onAgainst: (installation: string) => void;
  onBack: () => void;
}

export function Report({ check, against, incoming, onAgainst, onBack }: Props) {
  const { t, language } = useWords();
  const { package: found, difference } = check;
  const installed = useQuery(installationsQuery);
  const same = (installed.data?.items ?? []).filter((one) => one.plugin === found.plugin);
  const barred = found.trust ? !found.trust.allowed : false;
  return (
    <>
      <Card className="panel" title={<bdi>{`${inLanguage(found.title, language)} ${found.version}`}</bdi>}>
        <Typography.Paragraph>
          <bdi>{inLanguage(found.description, language)}</bdi>
        </Typography.Paragraph>
        <Typography.Paragraph type="secondary">{t("install.nothingStored")}</Typography.Paragraph>
        <Verdict check={check} />
        {barred && (
          <Alert
            type="error"
            showIcon
            className="banner"
            title={t("install.barred")}
            description={
              <>
                {found.trust?.detail} <Link to="/plugins/publishers">{t("install.barredWhat")}</Link>
              </>
            }
          />
        )}
        {incoming.alert}
        <Flex gap={8} wrap>
          <Button onClick={onBack} disabled={incoming.busy}>
            {t("form.back")}
          </Button>
          <Button type="primary" loading={incoming.busy} disabled={Boolean(check.refusal) || barred} onClick={() => void incoming.take()}>
            {t("install.take")}
          </Button>
        </Flex>
        <Sending incoming={incoming} />
      </Card>
      {same.length > 0 && (
        <Card className="panel" title={t("install.against")}>
          <Select
            aria-label={t("install.against")}
            value={against}
            style={{ minWidth: 260 }}
            disabled={incoming.busy}
            options={same.map((one) => ({ value: one.id, label: t("install.againstOne", { name: one.name, version: one.active?.version ?? "—" }) }))}
            onChange={onAgainst}
          />
          <div className="section">{difference ? <Changes difference={difference} /> : <Empty title={t("install.noServing")} />}</div>
        </Card>
      )}
      <PackageShown kept={found} check={check} />
      {found.readme && (
        <Card className="panel" title={t("plugin.readme")}>
          <Markdown text={found.readme} />
        </Card>
      )}
    </>
  );
}
