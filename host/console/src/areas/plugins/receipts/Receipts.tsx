/** Verify a run receipt: the same is made again and held against it. Pasted, dropped, or by the run it belongs to. */
import { InboxOutlined } from "@ant-design/icons";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Card, Checkbox, Form, Input, Upload } from "antd";
import { useEffect, useRef, useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useSubmit } from "@/parts/forms";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { PluginTabs } from "../PluginTabs";
import { ReceiptResult } from "./ReceiptResult";
import { receiptOf } from "./receipt";

interface Values {
  run?: string;
  receipt?: string;
  standing?: boolean;
}

/** More than any receipt has: a file beyond it is something else. */
const RECEIPT_BYTES_MAX = 4 << 20;
const route = getRouteApi("/in/plugins/receipts");

export function Receipts() {
  const { t } = useWords();
  const { run } = route.useSearch();
  const navigate = route.useNavigate();
  const [form] = Form.useForm<Values>();
  const [found, setFound] = useState<Schemas["ReceiptCheck"]>();
  const [odd, setOdd] = useState(false);
  const { busy, submit, alert, clear } = useSubmit(form, async ({ run: of, receipt, standing = false }: Values) => {
    setFound(undefined);
    form.setFields([{ name: "receipt", errors: [] }]);
    const pasted = receipt?.trim() ? receiptOf(receipt) : undefined;
    if (receipt?.trim() && !pasted) {
      form.setFields([{ name: "receipt", errors: [t("receipt.odd")] }]);
      return;
    }
    const body = pasted ? { receipt: pasted, standing } : { ...(of && { run: of.trim() }), standing };
    setFound(await answer(api.POST("/api/v1/receipts/verify", { body })));
    if (!pasted) await navigate({ search: { run: of?.trim() }, replace: true });
  });

  // A link from a report or an attribution run leads here with its id: verify at once, once.
  const began = useRef(false);
  useEffect(() => {
    if (!run || began.current) return;
    began.current = true;
    void submit({ run });
  });

  async function take(file: File) {
    clear();
    setOdd(file.size > RECEIPT_BYTES_MAX);
    if (file.size > RECEIPT_BYTES_MAX) return;
    form.setFieldsValue({ receipt: await file.text(), run: "" });
    form.submit();
  }

  return (
    <Page title={t("plugin.receipts")} lead={t("receipt.lead")} help={["receipt.help.what", "receipt.help.how", "receipt.help.standing"]}>
      <PluginTabs at="receipts" />
      <div className="two">
        <Card className="panel" title={t("receipt.which")}>
          {alert}
          <Form form={form} layout="vertical" initialValues={{ run }} onFinish={(values) => void submit(values)}>
            <Upload.Dragger
              accept=".json,application/json"
              showUploadList={false}
              beforeUpload={(file) => {
                if (!busy) void take(file);
                return false;
              }}
            >
              <p>
                <InboxOutlined style={{ fontSize: 28 }} aria-hidden />
              </p>
              <p>{t("receipt.drop")}</p>
            </Upload.Dragger>
            {odd && <p role="alert">{t("receipt.odd")}</p>}
            <Form.Item name="receipt" label={t("receipt.paste")} className="section">
              <Input.TextArea rows={6} className="mono" spellCheck={false} />
            </Form.Item>
            <Form.Item name="run" label={t("receipt.run")} extra={t("receipt.runHelp")}>
              <Input className="mono" />
            </Form.Item>
            <Form.Item name="standing" valuePropName="checked" extra={t("receipt.standingHelp")}>
              <Checkbox>{t("receipt.standing")}</Checkbox>
            </Form.Item>
            <Button type="primary" htmlType="submit" loading={busy}>
              {t("receipt.verify")}
            </Button>
            <p role="status" aria-live="polite">
              {busy ? t("receipt.busy") : ""}
            </p>
          </Form>
        </Card>
        <div aria-live="polite">{found && <ReceiptResult found={found} />}</div>
      </div>
    </Page>
  );
}
