/** A new creative or case: a title is enough. */
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Form } from "antd";
import { useEffect, useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { LeaveGuard, useSubmit } from "@/parts/forms";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { CreativeFields } from "./CreativeFields";
import "../creative.css";

type Input = Schemas["CreativeInput"];
const route = getRouteApi("/in/creative/library/new");

export function NewCreative() {
  const { t } = useWords();
  const [form] = Form.useForm<Input>();
  const [dirty, setDirty] = useState(false);
  const [made, setMade] = useState<string>();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const { busy, submit, alert } = useSubmit(form, async ({ code, ...rest }: Input) => {
    const creative = await answer(api.POST("/api/v1/creatives", { body: { ...rest, ...(code && { code }) } }));
    await queries.invalidateQueries({ queryKey: ["creatives"] });
    setDirty(false);
    setMade(creative.id);
  });
  // After the guard has heard that nothing is unsaved any more.
  useEffect(() => {
    if (made && !dirty) void navigate({ to: "/creative/library/$id", params: { id: made }, replace: true });
  }, [made, dirty, navigate]);
  return (
    <Page title={t("creative.new")} help={["creative.help.what", "creative.help.words"]}>
      <LeaveGuard dirty={dirty} />
      <Form<Input> form={form} layout="vertical" initialValues={{ kind: "asset", origin: "own" }} onValuesChange={() => setDirty(true)} onFinish={(values) => void submit(values)} disabled={busy} scrollToFirstError>
        {alert}
        <CreativeFields fresh />
        <Button type="primary" htmlType="submit" loading={busy}>
          {t("form.create")}
        </Button>
      </Form>
    </Page>
  );
}
