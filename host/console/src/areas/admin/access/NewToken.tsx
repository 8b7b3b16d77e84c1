/** A token to be made: what it is for comes first, since only a token for the API has a role. */
import { useQueryClient } from "@tanstack/react-query";
import { Form, Input, Radio, Typography } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { InstantInput } from "@/parts/fields";
import { EditDialog, useMake } from "@/parts/edit";
import { useWords } from "@/words";
import { SecretShown } from "../SecretShown";
import { useMayEverywhere } from "../scope";
import { RoleFields } from "./RoleFields";

type Values = Pick<Schemas["NewToken"], "name" | "kind" | "role" | "unit" | "expires_at">;

const KINDS = ["api", "write", "admin"] as const;

export function NewToken({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const everywhere = useMayEverywhere();
  const queries = useQueryClient();
  const [made, setMade] = useState<Schemas["TokenMade"]>();
  const making = useMake<Values>({ kind: "api" }, async ({ name, kind, role, unit, expires_at }) => {
    const reach = kind === "api" ? { role: role ?? null, unit: unit ?? null } : {};
    setMade(await answer(api.POST("/api/v1/tokens", { body: { name, kind, expires_at: expires_at ?? null, ...reach } })));
    await queries.invalidateQueries({ queryKey: ["tokens"] });
    return undefined;
  });
  const kind = Form.useWatch("kind", making.form);
  if (made) {
    return (
      <SecretShown title={t("admin.tokenMade", { name: made.token.name })} what={t("admin.tokenMadeWhat")} label={t("admin.secret")} secret={made.secret} onClose={onClose}>
        <Typography.Paragraph className="section">{t(made.token.kind === "write" ? "admin.writeKeyUse" : "admin.tokenUse", { host: window.location.origin })}</Typography.Paragraph>
      </SecretShown>
    );
  }
  // A token that may do everything is only made by who may do everything: the API refuses it otherwise.
  const kinds = KINDS.filter((one) => one !== "admin" || everywhere("host.write"));
  return (
    <EditDialog of={making} title={t("admin.tokenNew")} onClose={onClose}>
      <Form.Item name="kind" label={t("admin.tokenKind")} extra={kind && t(`admin.tokenKind.${kind}`)}>
        <Radio.Group options={kinds.map((value) => ({ value, label: t(`token.kind.${value}`) }))} />
      </Form.Item>
      <Form.Item name="name" label={t("admin.name")} extra={t("admin.tokenNameHelp")} rules={[{ required: true, message: t("form.needed") }]}>
        <Input autoFocus maxLength={200} autoComplete="off" />
      </Form.Item>
      {kind === "api" && <RoleFields />}
      <Form.Item name="expires_at" label={t("admin.expires")} extra={t("admin.expiresHelp")}>
        <InstantInput />
      </Form.Item>
    </EditDialog>
  );
}
