/** Every redemption, newest first, of all campaigns or of one. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Select } from "antd";
import { answer, api } from "@/api/client";
import { useMay } from "@/api/me";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { Bring } from "../Bring";
import { SalesTabs } from "../SalesTabs";
import { RedemptionsTable } from "./RedemptionsTable";

const route = getRouteApi("/in/sales/redemptions");
const CHOICES_MAX = 500;

export function Redemptions() {
  const { t } = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const campaigns = useQuery({
    queryKey: ["campaigns", "choices"],
    enabled: may("campaign.read"),
    queryFn: () => answer(api.GET("/api/v1/campaigns", { params: { query: { limit: CHOICES_MAX } } })),
  });
  return (
    <Page title={t("sales.part.redemptions")} lead={t("redemption.lead")} help={["redemption.help.what", "sales.help.export"]} actions={<Bring kind="redemptions" />}>
      <SalesTabs at="redemptions" />
      <RedemptionsTable
        campaign={search.campaign}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        tools={
          may("campaign.read") && (
            <Select
              allowClear
              showSearch={{ optionFilterProp: "label" }}
              aria-label={t("sales.campaign")}
              placeholder={t("sales.campaign")}
              style={{ width: 260 }}
              loading={campaigns.isPending}
              value={search.campaign}
              options={campaigns.data?.items.map((one) => ({ value: one.id, label: one.name }))}
              onChange={(next) => void navigate({ search: (old) => ({ ...old, campaign: next, cursor: undefined }) })}
            />
          )
        }
      />
    </Page>
  );
}
