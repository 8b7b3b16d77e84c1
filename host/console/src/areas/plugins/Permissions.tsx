/** What the serving version may do: wished, granted, and under the host's ceiling. */
import { Card, Descriptions, Typography } from "antd";
import { useQuery } from "@tanstack/react-query";
import type { Schemas } from "@/api/client";
import { Empty } from "@/parts/Empty";
import { Loading } from "@/parts/Loading";
import { useWords } from "@/words";
import { PackageShown, Wishes } from "./PackageShown";
import { packageQuery } from "./questions";

/** Grants as the host writes them; the document leaves their shape open. */
interface Grants {
  http?: { host: string; ports?: number[]; methods?: string[]; secrets?: string[] }[];
  mail?: boolean;
  state_bytes?: number;
  query?: boolean;
  fields?: string[];
  clear_address?: boolean;
}

export function Permissions({ installation }: { installation: Schemas["Installation"] }) {
  const { t } = useWords();
  const { active } = installation;
  if (!active) return <Empty title={t("plugin.nothingServes")} what={t("plugin.nothingServesWhat")} />;
  return (
    <>
      <Granted grants={active.grants as Grants} />
      {installation.ungranted.length > 0 && (
        <Card className="panel" title={t("plugin.wishedNotGranted")}>
          <Wishes wishes={installation.ungranted} label={t("plugin.wishedNotGranted")} />
        </Card>
      )}
      <Kept digest={active.package} />
    </>
  );
}

function Granted({ grants }: { grants: Grants }) {
  const { t, f } = useWords();
  const yes = (on: boolean | undefined) => (on ? t("form.yes") : t("form.no"));
  return (
    <Card className="panel" title={t("plugin.mayNow")}>
      <Descriptions
        column={1}
        size="small"
        items={[
          {
            key: "http",
            label: t("permission.http"),
            children:
              (grants.http ?? []).length === 0
                ? t("plugin.noHosts")
                : grants.http?.map((one) => (
                    <Typography.Paragraph key={one.host}>
                      {t("plugin.hostGrant", { methods: (one.methods ?? []).join(", "), host: one.host, ports: (one.ports ?? []).join(", "), secrets: (one.secrets ?? []).join(", ") || "—" })}
                    </Typography.Paragraph>
                  )),
          },
          { key: "mail", label: t("permission.mail"), children: yes(grants.mail) },
          { key: "query", label: t("permission.query"), children: yes(grants.query) },
          { key: "state", label: t("permission.state"), children: f.bytes(grants.state_bytes ?? 0) },
          { key: "fields", label: t("permission.fields"), children: (grants.fields ?? []).join(", ") || t("plugin.noFields") },
          { key: "address", label: t("permission.clear-address"), children: yes(grants.clear_address) },
        ]}
      />
    </Card>
  );
}

function Kept({ digest }: { digest: string }) {
  const asked = useQuery(packageQuery(digest));
  return asked.data ? <PackageShown kept={asked.data} /> : <Loading />;
}
