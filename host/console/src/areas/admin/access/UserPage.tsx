/** One user: name and language, roles by unit, a new invitation, disabling. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Card, Flex, Form, Input, Select } from "antd";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { EditForm, useEdit } from "@/parts/edit";
import { useAction } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";
import { AdminPage } from "../AdminPage";
import { InvitationShown } from "./Invite";
import { userMood, userQuery } from "./questions";
import { UserRoles } from "./UserRoles";

type User = Schemas["User"];
const route = getRouteApi("/in/admin/users/$id");

export function UserPage() {
  const { id } = route.useParams();
  const asked = useQuery(userQuery(id));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  return asked.data ? <Loaded user={asked.data} /> : <Loading />;
}

function Loaded({ user }: { user: User }) {
  const { t, f, code } = useWords();
  const may = useMay();
  return (
    <AdminPage
      title={user.name}
      lead={
        <Flex gap={12} align="center" wrap>
          <StateTag mood={userMood(user.state)}>{code("user.state", user.state)}</StateTag>
          <span>{user.email}</span>
          <span>{t("admin.since", { at: f.date(user.created_at) })}</span>
          <Link to="/admin/users">{t("admin.users")}</Link>
        </Flex>
      }
      help={["admin.help.roles", "admin.help.invite", "admin.help.disable"]}
      actions={may("users.write") && <Actions user={user} />}
    >
      <UserRoles user={user} />
      {may("users.write") && <Details key={user.id} user={user} />}
    </AdminPage>
  );
}

type Values = Pick<User, "name" | "locale">;

function Details({ user }: { user: User }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const params = { params: { path: { id: user.id } } };
  const edit = useEdit<User, Values>({
    held: user,
    pick: ({ name, locale }) => ({ name, locale }),
    names: { name: t("admin.personName"), locale: t("admin.language") },
    read: () => answer(api.GET("/api/v1/users/{id}", params)),
    save: (version, body) => answer(api.PATCH("/api/v1/users/{id}", { ...params, headers: ifMatch(version), body })),
    onSaved: (next) => {
      queries.setQueryData(userQuery(user.id).queryKey, next);
      void queries.invalidateQueries({ queryKey: ["users"] });
    },
  });
  return (
    <Card className="panel" title={t("admin.details")}>
      <EditForm of={edit}>
        <Form.Item name="name" label={t("admin.personName")} rules={[{ required: true, message: t("form.needed") }]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="locale" label={t("admin.language")} extra={t("admin.languageHelp")}>
          <Select options={(["en", "zh-CN"] as const).map((value) => ({ value, label: t(`language.${value}`) }))} />
        </Form.Item>
      </EditForm>
    </Card>
  );
}

function Actions({ user }: { user: User }) {
  const { t } = useWords();
  const { ask, run } = useAction();
  const queries = useQueryClient();
  const [invitation, setInvitation] = useState<Schemas["Invitation"]>();
  const params = { params: { path: { id: user.id } } };
  const set = async (disabled: boolean) => {
    queries.setQueryData(userQuery(user.id).queryKey, await answer(api.PATCH("/api/v1/users/{id}", { ...params, body: { disabled } })));
    await queries.invalidateQueries({ queryKey: ["users"] });
  };
  const invite = async () => {
    setInvitation(await answer(api.POST("/api/v1/users/{id}/invitation", params)));
    await queries.invalidateQueries({ queryKey: ["users"] });
  };
  return (
    <>
      {user.state !== "disabled" && (
        <Button onClick={() => ask(t("admin.inviteAgainAsk", { name: user.name }), t("admin.inviteAgainWhat"), t("admin.inviteAgain"), invite, false)}>{t("admin.inviteAgain")}</Button>
      )}
      {user.state === "disabled" ? (
        <Button type="primary" onClick={() => void run(() => set(false), t("admin.enabled"), () => set(true))}>
          {t("admin.enable")}
        </Button>
      ) : (
        <Button danger onClick={() => ask(t("admin.disableAsk", { name: user.name }), t("admin.disableWhat"), t("admin.disable"), () => set(true))}>
          {t("admin.disable")}
        </Button>
      )}
      {invitation && <InvitationShown user={user} invitation={invitation} onClose={() => setInvitation(undefined)} />}
    </>
  );
}
