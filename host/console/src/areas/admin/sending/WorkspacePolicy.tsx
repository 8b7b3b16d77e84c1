/** The policy of the whole workspace. */
import { useQueryClient } from "@tanstack/react-query";
import { Card, Typography } from "antd";
import { useActor } from "@/api/actor";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { EditForm, useEdit } from "@/parts/edit";
import { useWords } from "@/words";
import { useMayEverywhere } from "../scope";
import { PARTS, rulesOf, valuesOf, type PolicyValues } from "./policy";
import { PolicyFields } from "./PolicyFields";
import { PolicyShown } from "./PolicyShown";

type Policy = Schemas["DeliveryPolicy"];

export function WorkspacePolicy({ policy }: { policy: Policy }) {
  const { t, f } = useWords();
  const who = useActor();
  const writable = useMayEverywhere()("delivery.admin");
  return (
    <>
      {policy.updated_at && <Typography.Paragraph type="secondary">{t("admin.changedBy", { who: who(policy.updated_by), at: f.time(policy.updated_at) })}</Typography.Paragraph>}
      {writable ? (
        <Change policy={policy} />
      ) : (
        PARTS.map((part) => (
          <Card key={part} className="panel" title={t(`admin.part.${part}`)}>
            <PolicyShown part={part} rules={policy} />
          </Card>
        ))
      )}
    </>
  );
}

function Change({ policy }: { policy: Policy }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const edit = useEdit<Policy, PolicyValues>({
    held: policy,
    pick: valuesOf,
    names: { caps: t("admin.part.caps"), quiet: t("admin.quietOn"), quiet_hours: t("admin.part.quiet_hours"), barred: t("admin.part.barred"), auto_pause: t("admin.part.auto_pause") },
    read: () => answer(api.GET("/api/v1/delivery-policy")),
    // What the form does not show at the moment (quiet hours that are off) is kept as it was.
    save: (version, values) => answer(api.PUT("/api/v1/delivery-policy", { headers: ifMatch(version), body: rulesOf({ ...valuesOf(policy), ...values }) })),
    onSaved: (next) => {
      queries.setQueryData(["delivery-policy"], next);
      void queries.invalidateQueries({ queryKey: ["delivery-policy"], refetchType: "inactive" });
    },
  });
  return (
    <EditForm of={edit}>
      {PARTS.map((part) => (
        <Card key={part} className="panel" title={t(`admin.part.${part}`)}>
          <Typography.Paragraph type="secondary">{t(`admin.partWhat.${part}`)}</Typography.Paragraph>
          <PolicyFields part={part} />
        </Card>
      ))}
    </EditForm>
  );
}
