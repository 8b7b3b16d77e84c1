/** What currencies were worth in one another, from which day on. */
import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, DatePicker, Flex, Form, Input, Modal } from "antd";
import type { Dayjs } from "dayjs";
import { useActor } from "@/api/actor";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { CursorTable } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { useSubmit } from "@/parts/forms";
import { CurrencySelect } from "@/parts/money";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { Bring } from "./Bring";
import { SalesTabs } from "./SalesTabs";

type Rate = Schemas["ExchangeRate"];
const route = getRouteApi("/in/sales/rates");

export function Rates() {
  const { t } = useWords();
  const may = useMay();
  const who = useActor();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { from, to } = search;
  const columns: Column<Rate>[] = [
    { key: "date", title: t("rate.date"), text: (row) => row.date, cell: (row) => row.date },
    { key: "from", title: t("rate.one"), text: (row) => row.from, cell: (row) => `1 ${row.from}` },
    { key: "rate", title: t("rate.is"), align: "right", text: (row) => row.rate, cell: (row) => `${row.rate} ${row.to}` },
    { key: "to", title: t("rate.to"), text: (row) => row.to, cell: (row) => row.to, hidden: true },
    { key: "source", title: t("contact.source"), text: (row) => row.source, cell: (row) => row.source || "—" },
    { key: "by", title: t("why.actor"), text: (row) => who(row.created_by), cell: (row) => who(row.created_by) },
  ];
  const note = may("sales.write") && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => void navigate({ search: (old) => ({ ...old, note: true }) })}>
      {t("rate.note")}
    </Button>
  );
  const filter = (name: "from" | "to", value: string | undefined) => void navigate({ search: (old) => ({ ...old, [name]: value, cursor: undefined }) });
  return (
    <Page
      title={t("sales.part.rates")}
      lead={t("rate.lead")}
      help={["rate.help.what", "rate.help.replace"]}
      actions={
        <>
          <Bring kind="rates" />
          {note}
        </>
      }
    >
      <SalesTabs at="rates" />
      <CursorTable<Rate>
        name="exchange-rates"
        label={t("sales.part.rates")}
        columns={columns}
        rowKey={(row) => `${row.from} ${row.to} ${row.date}`}
        of={["exchange-rates", from, to]}
        page={(cursor, limit) => answer(api.GET("/api/v1/exchange-rates", { params: { query: { from, to, cursor, limit } } }))}
        at={search}
        onMove={(at) => void navigate({ search: (old) => ({ ...old, ...at }) })}
        empty={from || to ? <Empty title={t("table.noFit")} /> : <Empty title={t("rate.none")} what={t("rate.noneWhat")} action={note} />}
        tools={
          <Flex gap={8} wrap>
            <CurrencySelect allowClear width={140} label={t("rate.from")} value={from} onChange={(next) => filter("from", next)} />
            <CurrencySelect allowClear width={140} label={t("rate.to")} value={to} onChange={(next) => filter("to", next)} />
          </Flex>
        }
      />
      {search.note && may("sales.write") && <Note onClose={() => void navigate({ search: (old) => ({ ...old, note: undefined }) })} />}
    </Page>
  );
}

interface Values {
  from: string;
  to: string;
  rate: string;
  date: Dayjs;
  source?: string;
}

function Note({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [form] = Form.useForm<Values>();
  const { busy, submit, alert } = useSubmit(form, async ({ date, source, rate, ...pair }: Values) => {
    await answer(api.POST("/api/v1/exchange-rates", { body: { ...pair, rate: rate.trim(), date: date.format("YYYY-MM-DD"), source: source || null } }));
    await queries.invalidateQueries({ queryKey: ["exchange-rates"] });
    void queries.invalidateQueries({ queryKey: ["metrics"] });
    onClose();
  });
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <Modal open title={t("rate.note")} onCancel={onClose} onOk={() => form.submit()} okText={t("form.save")} cancelText={t("form.cancel")} confirmLoading={busy}>
      {alert}
      <Form form={form} layout="vertical" onFinish={(values) => void submit(values)}>
        <Form.Item name="from" label={t("rate.from")} rules={needed}>
          <CurrencySelect autoFocus />
        </Form.Item>
        <Form.Item name="to" label={t("rate.to")} rules={needed}>
          <CurrencySelect />
        </Form.Item>
        <Form.Item name="rate" label={t("rate.rate")} extra={t("rate.rateHelp")} rules={needed}>
          <Input inputMode="decimal" style={{ width: 200 }} />
        </Form.Item>
        <Form.Item name="date" label={t("rate.date")} extra={t("rate.dateHelp")} rules={needed}>
          <DatePicker style={{ width: 200 }} />
        </Form.Item>
        <Form.Item name="source" label={t("contact.source")}>
          <Input maxLength={100} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
