/** How the installation takes new versions and lives with failures. Saved against its version; a conflict shows both. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form } from "antd";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { ProblemError } from "@/api/problem";
import { ConflictDialog, LeaveGuard, useAction, useSubmit, type Difference } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { installationQuery, rolloutQuery } from "../questions";
import { differing } from "./policy";
import { RolloutFields } from "./RolloutFields";

type Installation = Schemas["Installation"];
type Policy = Schemas["RolloutPolicy"];

export function Rollout({ installation }: { installation: Installation }) {
  const asked = useQuery(rolloutQuery(installation.id));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  return asked.data ? <PolicyForm key={installation.id} installation={installation} found={asked.data} /> : <Loading />;
}

function PolicyForm({ installation, found }: { installation: Installation; found: Schemas["Rollout"] }) {
  const { t } = useWords();
  const may = useMay();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const { failed } = useAction();
  const [form] = Form.useForm<Policy>();
  const [dirty, setDirty] = useState(false);
  // The policy's version is the installation's, as it was when this form was drawn.
  const [base, setBase] = useState(installation.version);
  const [theirs, setTheirs] = useState<{ policy: Schemas["Rollout"]; version: number }>();
  const { allowed_failure: ways, ...policy } = found;

  async function put(version: number, values: Policy) {
    const next = await answer(api.PUT("/api/v1/installations/{id}/rollout", { params: { path: { id: installation.id } }, headers: ifMatch(version), body: values }));
    queries.setQueryData(rolloutQuery(installation.id).queryKey, next);
    const after = await queries.fetchQuery({ ...installationQuery(installation.id), staleTime: 0 });
    setBase(after.version);
    setDirty(false);
    setTheirs(undefined);
    void message.success(t("form.saved"));
  }

  const { busy, submit, alert } = useSubmit(form, async (values: Policy) => {
    try {
      await put(base, values);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 412) throw error;
      const [other, current] = await Promise.all([
        queries.fetchQuery({ ...rolloutQuery(installation.id), staleTime: 0 }),
        queries.fetchQuery({ ...installationQuery(installation.id), staleTime: 0 }),
      ]);
      // Something else of the installation changed, not its policy: there is nothing to choose.
      if (differing(other, policy).length === 0) await put(current.version, values);
      else setTheirs({ policy: other, version: current.version });
    }
  });

  const differences = (): Difference[] =>
    theirs ? differing(theirs.policy, form.getFieldsValue()).map(({ path, a, b }) => ({ field: t(`rollout.field.${path}`), mine: b, theirs: a })) : [];

  return (
    <>
      <LeaveGuard dirty={dirty} />
      {alert}
      <Form<Policy>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={policy}
        disabled={busy || !may("plugins.approve")}
        onValuesChange={() => setDirty(true)}
        onFinish={(values) => void submit(values)}
        scrollToFirstError
      >
        <RolloutFields ways={ways} />
        {may("plugins.approve") && (
          <Button type="primary" htmlType="submit" loading={busy} disabled={!dirty}>
            {t("form.save")}
          </Button>
        )}
      </Form>
      <ConflictDialog
        open={theirs !== undefined}
        differences={differences()}
        onTheirs={() => {
          if (!theirs) return;
          form.setFieldsValue(theirs.policy);
          setBase(theirs.version);
          setDirty(false);
          setTheirs(undefined);
        }}
        onMine={() => theirs && void put(theirs.version, form.getFieldsValue()).catch(failed)}
      />
    </>
  );
}
