/** A plugin comes in: from a file, a web server or a registry. What it is stands before what becomes of it; nothing of it has run. */
import { getRouteApi } from "@tanstack/react-router";
import { Alert, Button, Card, Segmented, Steps } from "antd";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { SOURCES } from "../routes";
import { FileSource } from "./FileSource";
import { Place } from "./Place";
import { Report } from "./Report";
import { UrlSource, RegistrySource } from "./RemoteSource";
import { useIncoming } from "./useIncoming";

const route = getRouteApi("/in/plugins/install");

export function Install() {
  const { t } = useWords();
  const { from = "file", source, digest, against, step, package: taken } = route.useSearch();
  const navigate = route.useNavigate();
  const incoming = useIncoming({
    preferred: against,
    onChecked: (what, installation) => void navigate({ search: { from, ...what, against: installation, step: "report" } }),
    onTaken: (kept) => void navigate({ search: { package: kept, against } }),
  });
  const shown = step === "report" && incoming.check !== undefined;
  const at = taken !== undefined ? 2 : shown ? 1 : 0;
  return (
    <Page title={t("plugin.install")} lead={t("plugin.installLead")} help={["plugin.help.what", "plugin.help.permissions", "plugin.help.file", "plugin.help.sources"]}>
      <Steps className="panel" size="small" current={at} items={[t("install.source"), t("install.report"), t("install.place")].map((title) => ({ title }))} />
      {taken !== undefined ? (
        <Place digest={taken} against={against} />
      ) : shown && incoming.check ? (
        <Report
          check={incoming.check}
          against={against}
          incoming={incoming}
          onAgainst={(next) => void incoming.look(undefined, next)}
          onBack={() => void navigate({ search: { from, source, digest, against } })}
        />
      ) : (
        <Card className="panel">
          {step === "report" && <Alert type="info" showIcon className="banner" title={t("install.gone")} />}
          <Segmented
            className="panel"
            value={from}
            aria-label={t("install.source")}
            disabled={incoming.busy}
            onChange={(next) => void navigate({ search: { from: SOURCES.find((one) => one === next), against } })}
            options={SOURCES.map((value) => ({ value, label: t(`install.from.${value}`) }))}
          />
          {incoming.alert}
          {from === "file" && <FileSource incoming={incoming} />}
          {from === "url" && <UrlSource key="url" incoming={incoming} source={source} digest={digest} />}
          {from === "oci" && <RegistrySource key="oci" incoming={incoming} source={source} digest={digest} />}
          {incoming.check && !incoming.busy && (
            <Button type="link" onClick={() => void navigate({ search: (old) => ({ ...old, step: "report" }) })}>
              {t("install.backToReport")}
            </Button>
          )}
        </Card>
      )}
    </Page>
  );
}
