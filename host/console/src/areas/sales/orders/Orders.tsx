/** Every order, newest first; found by number, sales channel, contact and day. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Select, Tag } from "antd";
import { useMay } from "@/api/me";
import { Empty } from "@/parts/Empty";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { SearchBox } from "@/parts/SearchBox";
import { useWords } from "@/words";
import { Bring } from "../Bring";
import { DayRange } from "../DayRange";
import { between } from "../days";
import { ContactName } from "../names";
import { channelsQuery } from "../questions";
import { SalesTabs } from "../SalesTabs";
import { OrdersTable } from "./OrdersTable";

const route = getRouteApi("/in/sales/orders");

export function Orders() {
  const { t, f } = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { number, channel, contact, from, until } = search;
  const channels = useQuery(channelsQuery);
  const filtered = [number, channel, contact, from, until].some((one) => one !== undefined);
  return (
    <Page title={t("sales.part.orders")} lead={t("order.lead")} help={["order.help.what", "order.help.find", "sales.help.export"]} actions={
        <>
          <Bring kind="orders" />
          {may("sales.write") && (
            <LinkButton to="/sales/orders/new" type="primary">
              {t("order.new")}
            </LinkButton>
          )}
        </>
      }>
      <SalesTabs at="orders" />
      <OrdersTable
        name="orders"
        filters={{ contact, sales_channel: channel, number, ...between(from, until, f.zone) }}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={filtered ? <Empty title={t("table.noFit")} /> : <Empty title={t("order.none")} what={t("order.noneWhat")} action={<Bring kind="orders" primary />} />}
        tools={
          <>
            <SearchBox label={t("order.search")} value={number} onChange={(next) => void navigate({ search: (old) => ({ ...old, number: next, cursor: undefined }), replace: true })} />
            <Select
              allowClear
              showSearch={{ optionFilterProp: "label" }}
              aria-label={t("sales.channel")}
              placeholder={t("sales.channel")}
              style={{ width: 180 }}
              loading={channels.isPending}
              value={channel}
              options={channels.data?.items.map((one) => ({ value: one.id, label: one.name }))}
              onChange={(next) => void navigate({ search: (old) => ({ ...old, channel: next, cursor: undefined }) })}
            />
            <DayRange label={t("order.days")} from={from} until={until} onChange={(first, last) => void navigate({ search: (old) => ({ ...old, from: first, until: last, cursor: undefined }) })} />
            {contact && (
              <Tag closable={{ "aria-label": t("order.anyone") }} onClose={() => void navigate({ search: (old) => ({ ...old, contact: undefined, cursor: undefined }) })}>
                <ContactName id={contact} />
              </Tag>
            )}
          </>
        }
      />
    </Page>
  );
}
