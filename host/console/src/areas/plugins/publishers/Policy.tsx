/** What becomes of packages that no trusted key signed. Set against its version: two people cannot overwrite each other. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Radio, Typography } from "antd";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { ProblemError } from "@/api/problem";
import { ConflictDialog, LeaveGuard, useAction, useSubmit } from "@/parts/forms";
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
  const { failed } = useAction();
  const [chosen, setChosen] = useState<Unsigned>();
  const [theirs, setTheirs] = useState<Found>();
  const now = chosen ?? found.unsigned;
  const keep = (next: Found) => {
    queries.setQueryData(policyQuery.queryKey, next);
    setChosen(undefined);
    setTheirs(undefined);
  };

  async function put(version: number) {
    keep(await answer(api.PUT("/api/v1/package-policy", { headers: ifMatch(version), body: { unsigned: now } })));
    void message.success(t("form.saved"));
  }
  const { busy, submit, alert } = useSubmit<object>(undefined, async () => {
    try {
      await put(found.version);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 412) throw error;
      setTheirs(await answer(api.GET("/api/v1/package-policy")));
    }
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
          <Button type="primary" disabled={now === found.unsigned} loading={busy} onClick={() => void submit({})}>
            {t("form.save")}
          </Button>
        </div>
      )}
      <ConflictDialog
        open={theirs !== undefined}
        differences={theirs ? [{ field: t("trust.policy"), mine: t(`trust.unsigned.${now}`), theirs: t(`trust.unsigned.${theirs.unsigned}`) }] : []}
        onTheirs={() => theirs && keep(theirs)}
        onMine={() => theirs && void put(theirs.version).catch(failed)}
      />
    </>
  );
}
