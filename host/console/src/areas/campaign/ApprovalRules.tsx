/** How plans are approved in this workspace: whether at all, from what sum on, and whether by oneself. */
import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Alert, Card, Descriptions, Form, Switch } from "antd";
import { useActor } from "@/api/actor";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay, workspaceQuery } from "@/api/me";
import { EditForm, useEdit } from "@/parts/edit";
import { MoneyInput } from "@/parts/fields";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { CampaignTabs } from "./CampaignTabs";
import { planSettingsQuery } from "./questions";

type Rules = Schemas["PlanSettings"];
type Values = Pick<Rules, "approval_required" | "self_approval" | "threshold_minor">;

export function ApprovalRules() {
  const { t } = useWords();
  const may = useMay();
  const asked = useQuery(planSettingsQuery);
  return (
    <Page title={t("plan.rules")} lead={t("plan.rulesLead")} help={["plan.help.rules", "plan.help.void"]}>
      <CampaignTabs at="rules" />
      {asked.isError && <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />}
      {asked.isPending && <Loading />}
      {asked.data && (may("campaign.approve") ? <Change rules={asked.data} /> : <Shown rules={asked.data} />)}
    </Page>
  );
}

function Change({ rules }: { rules: Rules }) {
  const { t, f } = useWords();
  const who = useActor();
  const { data: workspace } = useSuspenseQuery(workspaceQuery);
  const queries = useQueryClient();
  const edit = useEdit<Rules, Values>({
    held: rules,
    pick: ({ approval_required, self_approval, threshold_minor }) => ({ approval_required, self_approval, threshold_minor: threshold_minor ?? null }),
    save: (version, { approval_required, self_approval, threshold_minor }) =>
      answer(api.PUT("/api/v1/plan-settings", { headers: ifMatch(version), body: { approval_required, self_approval: self_approval ?? false, threshold_minor: threshold_minor ?? null } })),
    read: () => answer(api.GET("/api/v1/plan-settings")),
    onSaved: (next) => {
      queries.setQueryData(planSettingsQuery.queryKey, next);
      void queries.invalidateQueries({ queryKey: ["campaigns"] });
    },
    names: { approval_required: t("plan.required"), threshold_minor: t("plan.threshold"), self_approval: t("plan.self") },
    show: (field, value) => (field === "threshold_minor" ? f.money(value as number | null, workspace.currency) : t(value ? "form.yes" : "form.no")),
  });
  const required = Form.useWatch("approval_required", edit.form) ?? rules.approval_required;
  return (
    <Card style={{ maxWidth: 720 }}>
      <EditForm of={edit}>
        <Form.Item name="approval_required" label={t("plan.required")} valuePropName="checked" extra={t("plan.requiredHelp")}>
          <Switch />
        </Form.Item>
        <Form.Item name="threshold_minor" label={t("plan.threshold")} extra={t("plan.thresholdHelp")} hidden={!required}>
          <MoneyInput currency={workspace.currency} />
        </Form.Item>
        <Form.Item name="self_approval" label={t("plan.self")} valuePropName="checked" extra={t("plan.selfHelp")} hidden={!required}>
          <Switch />
        </Form.Item>
        {rules.version > 0 && <Alert className="banner" type="info" title={t("plan.setBy", { by: who(rules.updated_by) })} />}
      </EditForm>
    </Card>
  );
}

function Shown({ rules }: { rules: Rules }) {
  const { t, f } = useWords();
  const { data: workspace } = useSuspenseQuery(workspaceQuery);
  return (
    <Card style={{ maxWidth: 720 }}>
      <Descriptions
        column={1}
        items={[
          { key: "required", label: t("plan.required"), children: t(rules.approval_required ? "form.yes" : "form.no") },
          { key: "threshold", label: t("plan.threshold"), children: f.money(rules.threshold_minor, workspace.currency) },
          { key: "self", label: t("plan.self"), children: t(rules.self_approval ? "form.yes" : "form.no") },
        ]}
      />
    </Card>
  );
}
