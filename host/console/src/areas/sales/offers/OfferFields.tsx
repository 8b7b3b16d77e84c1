/** The fields of an offer, as it is made and changed. */
import { useSuspenseQuery } from "@tanstack/react-query";
import { Card, Form, Input } from "antd";
import type { Schemas } from "@/api/client";
import { workspaceQuery } from "@/api/me";
import { InstantInput } from "@/parts/fields";
import { AmountInput } from "@/parts/money";
import { useWords } from "@/words";
import { SkuInput } from "./SkuInput";

export interface OfferValues {
  code?: string;
  name?: string;
  terms?: string;
  starts_at?: string | null;
  ends_at?: string | null;
  budget?: Schemas["Money"] | null;
  skus?: string[];
}

export function OfferFields({ fresh = false }: { fresh?: boolean }) {
  const { t } = useWords();
  const { data: workspace } = useSuspenseQuery(workspaceQuery);
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <Card className="panel" style={{ maxWidth: 720 }}>
      {fresh && (
        <Form.Item name="code" label={t("offer.code")} extra={t("offer.codeHelp")} rules={needed}>
          <Input autoFocus maxLength={100} />
        </Form.Item>
      )}
      <Form.Item name="name" label={t("offer.name")} rules={fresh ? [] : needed} extra={fresh ? t("offer.nameHelp") : undefined}>
        <Input maxLength={300} />
      </Form.Item>
      <Form.Item name="terms" label={t("offer.terms")} extra={t("offer.termsHelp")}>
        <Input.TextArea rows={3} />
      </Form.Item>
      <Form.Item name="starts_at" label={t("offer.starts")}>
        <InstantInput />
      </Form.Item>
      <Form.Item name="ends_at" label={t("offer.ends")}>
        <InstantInput />
      </Form.Item>
      <Form.Item name="budget" label={t("offer.budget")} extra={t("offer.budgetHelp")}>
        <AmountInput currency={workspace.currency} />
      </Form.Item>
      {fresh && (
        <Form.Item name="skus" label={t("offer.products")} extra={t("offer.skusHelp")}>
          <SkuInput />
        </Form.Item>
      )}
    </Card>
  );
}
