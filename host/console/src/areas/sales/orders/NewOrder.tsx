/** An order by hand: one that came by telephone or at a stand, and no file will bring. */
import { useQuery, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Button, Card, Form, Input, Select, Typography } from "antd";
import { useEffect, useState } from "react";
import { answer, api } from "@/api/client";
import { useMay, workspaceQuery } from "@/api/me";
import { ContactChoice } from "@/areas/creative/messages/ContactChoice";
import { InstantInput } from "@/parts/fields";
import { LeaveGuard, useSubmit } from "@/parts/forms";
import { CurrencySelect } from "@/parts/money";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { channelsQuery } from "../questions";
import { LineFields } from "./LineFields";
import { bodyOf, rescaled, totalMinor, type OrderValues } from "./newOrder";

export function NewOrder() {
  const { t, f } = useWords();
  const may = useMay();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { data: workspace } = useSuspenseQuery(workspaceQuery);
  const channels = useQuery(channelsQuery);
  const [form] = Form.useForm<OrderValues>();
  const items = Form.useWatch("items", form);
  const [currency, setCurrency] = useState(workspace.currency);
  const [dirty, setDirty] = useState(false);
  const [made, setMade] = useState<string>();
  const { busy, submit, alert } = useSubmit(form, async (values: OrderValues) => {
    const order = await answer(api.POST("/api/v1/orders", { body: bodyOf(values) }));
    for (const key of ["orders", "sales", "metrics"]) void queries.invalidateQueries({ queryKey: [key] });
    setDirty(false);
    setMade(order.id);
  });
  // After the guard has heard that nothing is unsaved any more.
  useEffect(() => {
    if (made && !dirty) void navigate({ to: "/sales/orders/$id", params: { id: made }, replace: true });
  }, [made, dirty, navigate]);

  function turn(next: string) {
    form.setFieldValue("items", rescaled(form.getFieldValue("items") as OrderValues["items"], currency, next));
    setCurrency(next);
  }

  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <Page title={t("order.new")} lead={t("order.newLead")} help={["order.help.what", "order.help.byHand", "order.help.refund"]}>
      <LeaveGuard dirty={dirty} />
      <Form<OrderValues>
        form={form}
        layout="vertical"
        initialValues={{ currency, items: [{}] }}
        onFinish={(values) => void submit(values)}
        onValuesChange={(changed) => {
          setDirty(true);
          if (changed.currency) turn(changed.currency);
        }}
        disabled={busy}
        scrollToFirstError
      >
        {alert}
        <div className="two">
          <Card className="panel" title={t("order.whichOne")}>
            <Form.Item name="number" label={t("sales.number")} extra={t("order.numberHelp")} rules={[{ required: true, whitespace: true, message: t("form.needed") }]}>
              <Input maxLength={100} autoFocus autoComplete="off" />
            </Form.Item>
            <Form.Item name="at" label={t("why.at")} extra={t("order.atHelp")}>
              <InstantInput />
            </Form.Item>
            <Form.Item name="currency" label={t("money.currency")} rules={needed}>
              <CurrencySelect />
            </Form.Item>
          </Card>
          <Card className="panel" title={t("order.who")}>
            {may("audience.read") && (
              <Form.Item name="contact" label={t("sales.contact")} extra={t("order.contactHelp")}>
                <ContactChoice label={t("order.contactFind")} width="100%" />
              </Form.Item>
            )}
            <Form.Item name="sales_channel" label={t("sales.channel")}>
              <Select allowClear showSearch={{ optionFilterProp: "label" }} loading={channels.isPending} options={channels.data?.items.map((one) => ({ value: one.id, label: one.name })) ?? []} />
            </Form.Item>
          </Card>
        </div>
        <Card className="panel" title={t("order.lines")} extra={<Typography.Text aria-live="polite">{t("order.totalIs", { total: f.money(totalMinor(items), currency) })}</Typography.Text>}>
          <Typography.Paragraph type="secondary">{t("order.amountHelp")}</Typography.Paragraph>
          <LineFields currency={currency} />
        </Card>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t("form.create")}
        </Button>
      </Form>
    </Page>
  );
}
