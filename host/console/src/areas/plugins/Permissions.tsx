/** What the serving version may do: wished, granted, and under the host's ceiling; and what it was denied. */
import { Card } from "antd";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import { Empty } from "@/parts/Empty";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { Granted } from "./packages/Granted";
import { PackageShown } from "./packages/PackageShown";
import { Wishes } from "./packages/Wishes";
import { packageQuery } from "./questions";
import { Denials } from "./runs/Denials";
import { objectOf, type Grants } from "./shapes";

export function Permissions({ installation }: { installation: Schemas["Installation"] }) {
  const { t } = useWords();
  const { active } = installation;
  if (!active) return <Empty title={t("plugin.nothingServes")} what={t("plugin.nothingServesWhat")} />;
  return (
    <>
      <Granted grants={objectOf<Grants>(active.grants)} />
      {installation.ungranted.length > 0 && (
        <Card className="panel" title={t("plugin.wishedNotGranted")}>
          <Wishes wishes={installation.ungranted} label={t("plugin.wishedNotGranted")} />
        </Card>
      )}
      <Card className="panel" title={t("plugin.denied")}>
        <Denials installation={installation.id} />
      </Card>
      <Kept digest={active.package} />
    </>
  );
}

function Kept({ digest }: { digest: string }) {
  const asked = useQuery(packageQuery(digest));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  return asked.data ? <PackageShown kept={asked.data} /> : <Loading />;
}
