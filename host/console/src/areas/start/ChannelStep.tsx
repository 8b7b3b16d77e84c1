/** The first channel: from whom, through which mail server, and the connector that carries it. */
import { useQuery } from "@tanstack/react-query";
import { Alert, Card } from "antd";
import { channels } from "@/areas/campaign/MessageFields";
import { installationsQuery, mailServersQuery, sendersQuery } from "@/areas/campaign/questions";
import { LinkButton } from "@/parts/LinkButton";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { MailServerForm } from "./MailServerForm";
import { brandsQuery } from "./questions";
import { SenderForm } from "./SenderForm";
import type { StepProps } from "./StartPage";
import { StepButtons } from "./StepButtons";

export function ChannelStep({ draft, keep, onDone, onBack }: StepProps) {
  const { t } = useWords();
  const brands = useQuery(brandsQuery);
  const senders = useQuery(sendersQuery);
  const servers = useQuery(mailServersQuery);
  const installations = useQuery(installationsQuery);
  const failed = [brands, senders, servers, installations].find((one) => one.isError);
  if (failed) return <ProblemAlert error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!brands.data || !senders.data || !servers.data || !installations.data) return <Loading />;
  const connector = installations.data.items.find((one) => one.state === "active" && channels(one).includes("email"));
  const sender = senders.data.items.find((one) => one.channel === "email");
  const brand = brands.data.items.find((one) => one.id === sender?.brand) ?? brands.data.items[0];
  return (
    <>
      <div className="two">
        <Card title={t("term.sender")} className="panel">
          <SenderForm key={sender?.version ?? 0} sender={sender} brand={brand} draft={draft.sender ?? {}} keep={(more) => keep({ sender: more })} />
        </Card>
        <Card title={t("term.mailServer")} className="panel">
          <MailServerForm key={servers.data.items[0]?.version ?? 0} server={servers.data.items[0]} draft={draft.server ?? {}} keep={(more) => keep({ server: more })} />
        </Card>
      </div>
      <Alert
        type={connector ? "success" : "warning"}
        showIcon
        title={connector ? t("start.channel.connector", { name: connector.name }) : t("start.channel.noConnector")}
        description={connector ? undefined : t("start.channel.noConnectorWhat")}
        action={!connector && <LinkButton to="/plugins/install">{t("start.channel.install")}</LinkButton>}
      />
      <StepButtons onBack={onBack} onNext={onDone} />
    </>
  );
}
