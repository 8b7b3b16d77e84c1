/** How often and when people may be written to: for the workspace, and what a unit sets for itself. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Flex, Select, Typography } from "antd";
import { useState } from "react";
import { answer, api } from "@/api/client";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { useMayEverywhere } from "../scope";
import { useUnits } from "../units";
import { UnitPolicy } from "./UnitPolicy";
import { WorkspacePolicy } from "./WorkspacePolicy";

const route = getRouteApi("/in/admin/delivery");

export function Delivery() {
  const { t } = useWords();
  const everywhere = useMayEverywhere();
  const { unit } = route.useSearch();
  const navigate = route.useNavigate();
  const { asked, units, choices } = useUnits();
  // Somebody of one unit cannot read the workspace's: theirs comes first.
  const at = unit ?? (everywhere("delivery.read") ? undefined : units[0]?.id);
  return (
    <AdminPage title={t("admin.delivery")} lead={t("admin.deliveryLead")} help={["admin.help.policy", "admin.help.quiet", "admin.help.unitPolicy", "admin.help.autoPause"]}>
      <Flex gap={8} align="center" wrap className="panel">
        <Typography.Text id="policy-of">{t("admin.policyOf")}</Typography.Text>
        <Select
          aria-labelledby="policy-of"
          style={{ minWidth: 280 }}
          value={at ?? ""}
          loading={asked.isPending}
          showSearch={{ optionFilterProp: "label" }}
          options={[...(everywhere("delivery.read") ? [{ value: "", label: t("admin.wholeWorkspace") }] : []), ...choices]}
          onChange={(next) => void navigate({ search: { unit: next || undefined } })}
        />
      </Flex>
      {at ? <OfUnit key={at} unit={at} /> : everywhere("delivery.read") ? <OfWorkspace /> : <Loading />}
    </AdminPage>
  );
}

function OfWorkspace() {
  const asked = useQuery({ queryKey: ["delivery-policy"], queryFn: () => answer(api.GET("/api/v1/delivery-policy")) });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  return asked.data ? <WorkspacePolicy policy={asked.data} /> : <Loading />;
}

function OfUnit({ unit }: { unit: string }) {
  const [edition, setEdition] = useState(0);
  const asked = useQuery({
    queryKey: ["delivery-policy", unit],
    queryFn: () => answer(api.GET("/api/v1/units/{id}/delivery-policy", { params: { path: { id: unit } } })),
  });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  // A form begins anew when all of it was taken away, and never because somebody else saved meanwhile.
  const anew = async () => {
    await asked.refetch();
    setEdition(edition + 1);
  };
  return <UnitPolicy key={edition} policy={asked.data} onAway={anew} />;
}
