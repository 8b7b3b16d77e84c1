/** A new offer: a code is enough; products can be put under it later. */
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Form } from "antd";
import { useEffect, useState } from "react";
import { answer, api } from "@/api/client";
import { LeaveGuard, useSubmit } from "@/parts/forms";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { OfferFields, type OfferValues } from "./OfferFields";

const route = getRouteApi("/in/sales/offers/new");

export function NewOffer() {
  const { t } = useWords();
  const [form] = Form.useForm<OfferValues>();
  const [dirty, setDirty] = useState(false);
  const [made, setMade] = useState<string>();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const { busy, submit, alert } = useSubmit(form, async (body: OfferValues) => {
    const offer = await answer(api.POST("/api/v1/offers", { body }));
    await queries.invalidateQueries({ queryKey: ["offers"] });
    setDirty(false);
    setMade(offer.id);
  });
  // After the guard has heard that nothing is unsaved any more.
  useEffect(() => {
    if (made && !dirty) void navigate({ to: "/sales/offers/$id", params: { id: made }, replace: true });
  }, [made, dirty, navigate]);
  return (
    <Page title={t("offer.new")} help={["offer.help.what", "offer.help.campaign"]}>
      <LeaveGuard dirty={dirty} />
      <Form form={form} layout="vertical" onFinish={(values) => void submit(values)} onValuesChange={() => setDirty(true)} disabled={busy} scrollToFirstError>
        {alert}
        <OfferFields fresh />
        <Button type="primary" htmlType="submit" loading={busy}>
          {t("form.create")}
        </Button>
      </Form>
    </Page>
  );
}
