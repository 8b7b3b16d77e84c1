/** How the installation takes new versions and lives with failures. Saved against its version; a conflict shows both. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { EditForm, useEdit } from "@/parts/edit";
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

/** The policy has no version of its own: it is the installation's. */
type Held = Policy & { version: number };

function PolicyForm({ installation, found }: { installation: Installation; found: Schemas["Rollout"] }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const asked = rolloutQuery(installation.id);
  const versioned = async (policy: Promise<Policy>): Promise<Held> => {
    const [now, { version }] = await Promise.all([policy, queries.fetchQuery({ ...installationQuery(installation.id), staleTime: 0 })]);
    return { ...now, version };
  };
  const edit = useEdit<Held, Policy>({
    held: { ...found, version: installation.version },
    pick: ({ updates, failure, crash_loop, canary, breaker }) => ({ updates, failure, crash_loop, canary, breaker }),
    save: async (version, body) => {
      const next = await answer(api.PUT("/api/v1/installations/{id}/rollout", { params: { path: { id: installation.id } }, headers: ifMatch(version), body }));
      queries.setQueryData(asked.queryKey, next);
      return versioned(Promise.resolve(next));
    },
    read: () => versioned(queries.fetchQuery({ ...asked, staleTime: 0 })),
    onSaved: () => undefined,
    differences: (mine, theirs) => differing(theirs, mine).map(({ path, a, b }) => ({ field: t(`rollout.field.${path}`), mine: b, theirs: a })),
  });
  return (
    <EditForm of={edit} writable={useMay()("plugins.approve")} requiredMark={false}>
      <RolloutFields ways={found.allowed_failure} />
    </EditForm>
  );
}
