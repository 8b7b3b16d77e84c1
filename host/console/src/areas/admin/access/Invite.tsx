/** A user to be: name, address, language and a first role. The link to set a password is shown once. */
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { DIALOG_FORM, submits } from "../dialog";
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
  const [form] = Form.useForm<Values>();
  const [made, setMade] = useState<Schemas["UserMade"]>();
  const { busy, submit, alert } = useSubmit(form, async ({ role, unit, ...body }: Values) => {
    setMade(await answer(api.POST("/api/v1/users", { body: { ...body, roles: [{ role, unit: unit ?? null }] } })));
    await queries.invalidateQueries({ queryKey: ["users"] });
  });
  if (made?.invitation) {
    return <InvitationShown user={made.user} invitation={made.invitation} onClose={() => void navigate({ to: "/admin/users/$id", params: { id: made.user.id } })} />;
  }
  return (
    <Modal open title={t("admin.invite")} onCancel={onClose} okButtonProps={submits} okText={t("admin.invite")} cancelText={t("form.cancel")} confirmLoading={busy}>
      {alert}
      <Form id={DIALOG_FORM} form={form} layout="vertical" initialValues={{ locale: language, role: "marketer" }} onFinish={(values) => void submit(values)} disabled={busy}>
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
      </Form>
    </Modal>
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
