/** What becomes of packages that no trusted key signed. Set against its version: two people cannot overwrite each other. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Radio, Typography } from "antd";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { useConflict } from "@/parts/conflict";
import { LeaveGuard } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { policyQuery } from "../questions";

type Found = Schemas["PackagePolicy"];
type Unsigned = Schemas["UnsignedPackages"];
const WAYS: Unsigned[] = ["allow", "warn", "refuse"];

export function Policy() {
  const { t } = useWords();
  const asked = useQuery(policyQuery);
  return (
    <Card className="panel" title={t("trust.policy")}>
      {asked.isError ? <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} /> : asked.data ? <Choice found={asked.data} /> : <Loading />}
    </Card>
  );
}

function Choice({ found }: { found: Found }) {
  const { t } = useWords();
  const may = useMay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [chosen, setChosen] = useState<Unsigned>();
  const now = chosen ?? found.unsigned;
  const { save, busy, alert, dialog } = useConflict<Found>({
    send: (version) => answer(api.PUT("/api/v1/package-policy", { headers: ifMatch(version), body: { unsigned: now } })),
    read: () => answer(api.GET("/api/v1/package-policy")),
    differences: (theirs) => (theirs.unsigned === now ? [] : [{ field: t("trust.policy"), mine: t(`trust.unsigned.${now}`), theirs: t(`trust.unsigned.${theirs.unsigned}`) }]),
    taken: (next, whose) => {
      queries.setQueryData(policyQuery.queryKey, next);
      setChosen(undefined);
      if (whose === "mine") void message.success(t("form.saved"));
    },
  });

  return (
    <>
      <LeaveGuard dirty={chosen !== undefined && chosen !== found.unsigned} />
      {alert}
      <Radio.Group
        aria-label={t("trust.policy")}
        value={now}
        disabled={!may("plugins.admin") || busy}
        onChange={(event) => setChosen(event.target.value as Unsigned)}
        options={WAYS.map((way) => ({
          value: way,
          label: (
            <>
              {t(`trust.unsigned.${way}`)} <Typography.Text type="secondary">{t(`trust.unsignedWhat.${way}`)}</Typography.Text>
            </>
          ),
        }))}
        vertical
      />
      {may("plugins.admin") && (
        <div className="section">
          <Button type="primary" disabled={now === found.unsigned} loading={busy} onClick={() => save(found.version)}>
            {t("form.save")}
          </Button>
        </div>
      )}
      {dialog}
    </>
  );
}
