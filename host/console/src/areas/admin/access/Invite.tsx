/** A user to be: name, address, language and a first role. The link to set a password is shown once. */
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Form, Input, Select } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { EditDialog, useMake } from "@/parts/edit";
import { useWords } from "@/words";
import { SecretShown } from "../SecretShown";
import { invitationLink } from "./questions";
import { RoleFields } from "./RoleFields";

const route = getRouteApi("/in/admin/users");

interface Values {
  name: string;
  email: string;
  locale: Schemas["Locale"];
  role: string;
  unit?: string | null;
}

export function Invite({ onClose }: { onClose: () => void }) {
  const { t, language } = useWords();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const [made, setMade] = useState<Schemas["UserMade"]>();
  const making = useMake<Values>({ locale: language, role: "marketer" }, async ({ role, unit, ...body }) => {
    setMade(await answer(api.POST("/api/v1/users", { body: { ...body, roles: [{ role, unit: unit ?? null }] } })));
    await queries.invalidateQueries({ queryKey: ["users"] });
    return undefined;
  });
  if (made?.invitation) {
    return <InvitationShown user={made.user} invitation={made.invitation} onClose={() => void navigate({ to: "/admin/users/$id", params: { id: made.user.id } })} />;
  }
  return (
    <EditDialog of={making} title={t("admin.invite")} label={t("admin.invite")} onClose={onClose}>
      <Form.Item name="name" label={t("admin.personName")} rules={[{ required: true, message: t("form.needed") }]}>
        <Input autoFocus maxLength={200} autoComplete="off" />
      </Form.Item>
      <Form.Item name="email" label={t("admin.email")} extra={t("admin.emailHelp")} rules={[{ required: true, message: t("form.needed") }]}>
        <Input type="email" autoComplete="off" />
      </Form.Item>
      <Form.Item name="locale" label={t("admin.language")}>
        <Select options={(["en", "zh-CN"] as const).map((value) => ({ value, label: t(`language.${value}`) }))} />
      </Form.Item>
      <RoleFields />
    </EditDialog>
  );
}

export function InvitationShown({ user, invitation, onClose }: { user: Schemas["User"]; invitation: Schemas["Invitation"]; onClose: () => void }) {
  const { t, f } = useWords();
  return (
    <SecretShown
      title={t("admin.invited", { name: user.name })}
      what={t("admin.invitedWhat", { email: user.email, at: f.time(invitation.expires_at) })}
      label={t("admin.invitationLink")}
      secret={invitationLink(invitation)}
      onClose={onClose}
    />
  );
}
