/** What a unit sets of the delivery policy; each part it leaves alone is as it is above the unit. */
import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Form, Switch, Typography } from "antd";
import { useActor } from "@/api/actor";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { EditForm, useEdit } from "@/parts/edit";
import { useAction } from "@/parts/forms";
import { useWords } from "@/words";
import { useUnits } from "../units";
import { ownParts, PARTS, partsOf, valuesOf, type Part, type PolicyValues } from "./policy";
import { PolicyFields } from "./PolicyFields";
import { PolicyShown } from "./PolicyShown";

type Policy = Schemas["UnitPolicy"];
type Values = PolicyValues & { own: Partial<Record<Part, boolean>> };

const formOf = (policy: Policy): Values => {
  const own = ownParts(policy.own);
  return { ...valuesOf(policy.effective), own: Object.fromEntries(PARTS.map((part) => [part, own.includes(part)])) };
};

export function UnitPolicy({ policy, onAway }: { policy: Policy; onAway: () => Promise<void> }) {
  const { t, f } = useWords();
  const may = useMay();
  const who = useActor();
  const { ask } = useAction();
  const queries = useQueryClient();
  const { nameOf } = useUnits();
  const writable = may("delivery.admin");
  const params = { params: { path: { id: policy.unit } } };
  const edit = useEdit<Policy, Values>({
    held: policy,
    pick: formOf,
    names: { own: t("admin.setHere"), caps: t("admin.part.caps"), quiet: t("admin.quietOn"), quiet_hours: t("admin.part.quiet_hours"), barred: t("admin.part.barred"), auto_pause: t("admin.part.auto_pause") },
    read: () => answer(api.GET("/api/v1/units/{id}/delivery-policy", params)),
    save: (version, values) => {
      const chosen = PARTS.filter((part) => values.own[part]);
      return answer(api.PUT("/api/v1/units/{id}/delivery-policy", { ...params, headers: ifMatch(version), body: partsOf({ ...valuesOf(policy.effective), ...values }, chosen) }));
    },
    onSaved: (next) => queries.setQueryData(["delivery-policy", policy.unit], next),
  });
  const { base } = edit;
  const own = Form.useWatch("own", { form: edit.form, preserve: true });
  const away = () =>
    ask(t("admin.policyAwayAsk", { unit: nameOf(policy.unit) }), t("admin.policyAwayWhat"), t("admin.policyAway"), async () => {
      await api.DELETE("/api/v1/units/{id}/delivery-policy", params);
      await onAway();
    });
  return (
    <>
      {base.updated_at && <Typography.Paragraph type="secondary">{t("admin.changedBy", { who: who(base.updated_by), at: f.time(base.updated_at) })}</Typography.Paragraph>}
      <EditForm of={edit} writable={writable} beside={ownParts(base.own).length > 0 && <Button onClick={away}>{t("admin.policyAway")}</Button>}>
        {PARTS.map((part) => {
          const above = base.from[part];
          const here = own?.[part] ?? false;
          return (
            <Card key={part} className="panel" title={t(`admin.part.${part}`)}>
              <Form.Item name={["own", part]} label={t("admin.setHere")} valuePropName="checked" layout="horizontal">
                <Switch />
              </Form.Item>
              {here ? (
                <PolicyFields part={part} />
              ) : (
                <>
                  <Typography.Text type="secondary">{inherited(policy.unit, above)}</Typography.Text>
                  <PolicyShown part={part} rules={base.effective} />
                </>
              )}
            </Card>
          );
        })}
      </EditForm>
    </>
  );

  function inherited(unit: string, above: string | null | undefined): string {
    // Until it is saved, what the unit had set itself is still what holds.
    if (above === unit) return t("admin.partUntilSaved");
    return above ? t("admin.partFrom", { unit: nameOf(above) }) : t("admin.partFromWorkspace");
  }
}
