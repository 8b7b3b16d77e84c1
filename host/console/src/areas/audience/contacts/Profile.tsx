/** What is known of a contact: identities, traits, tags, consent; where each came from and when. */
import { PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Button, Card, Descriptions, Flex, Form, Input, Tag } from "antd";
import { answer, api, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useAction, useSubmit } from "@/parts/forms";
import { StateTag } from "@/parts/StateTag";
import { useWords } from "@/words";

type Whole = Schemas["Profile"];

export function Profile({ profile }: { profile: Whole }) {
  const { t, f, code } = useWords();
  const { contact } = profile;
  const identities: Column<Schemas["Identity"]>[] = [
    { key: "kind", title: t("contact.kind"), text: (row) => code("identity", row.kind), cell: (row) => code("identity", row.kind) },
    // `shown` is what this person's role may see: the API masks it.
    { key: "value", title: t("contact.value"), text: (row) => row.shown, cell: (row) => <bdi>{row.shown}</bdi> },
    { key: "issuer", title: t("contact.issuer"), text: (row) => row.issuer, cell: (row) => row.issuer || "—", hidden: true },
    { key: "source", title: t("contact.source"), text: (row) => row.source, cell: (row) => row.source },
    { key: "at", title: t("contact.created"), text: (row) => row.created_at, cell: (row) => f.time(row.created_at) },
  ];
  const traits: Column<Schemas["Trait"]>[] = [
    { key: "key", title: t("contact.trait"), text: (row) => row.key, cell: (row) => row.key },
    { key: "value", title: t("contact.value"), text: (row) => plain(row.value), cell: (row) => <bdi className="plain">{plain(row.value)}</bdi> },
    { key: "source", title: t("contact.source"), text: (row) => row.source, cell: (row) => row.source },
    { key: "at", title: t("contact.changed"), text: (row) => row.at, cell: (row) => f.time(row.at) },
  ];
  const consents: Column<Schemas["Consent"]>[] = [
    { key: "channel", title: t("campaign.channel"), text: (row) => row.channel, cell: (row) => row.channel },
    { key: "topic", title: t("campaign.topic"), text: (row) => row.topic, cell: (row) => (row.topic === "*" ? t("why.allTopics") : row.topic) },
    {
      key: "state",
      title: t("campaign.state"),
      text: (row) => code("consent.state", row.state),
      cell: (row) => <StateTag mood={row.state === "granted" ? "good" : "quiet"}>{code("consent.state", row.state)}</StateTag>,
    },
    { key: "at", title: t("why.at"), text: (row) => row.at, cell: (row) => f.time(row.at) },
  ];
  return (
    <div className="two">
      <div>
        <Card className="panel" title={t("contact.basics")}>
          <Descriptions
            column={1}
            size="small"
            items={[
              { key: "first", label: t("contact.first"), children: <bdi>{contact.first_name || "—"}</bdi> },
              { key: "last", label: t("contact.last"), children: <bdi>{contact.last_name || "—"}</bdi> },
              { key: "locale", label: t("contact.locale"), children: contact.locale || "—" },
              { key: "zone", label: t("contact.zone"), children: contact.zone || "—" },
              { key: "region", label: t("contact.region"), children: contact.region || "—" },
              { key: "merged", label: t("contact.merged"), children: f.number(profile.merged.length) },
              { key: "id", label: t("contact.id"), children: <span className="mono">{contact.id}</span> },
            ]}
          />
        </Card>
        <Card className="panel" title={t("contact.tags")}>
          <Tags profile={profile} />
        </Card>
        <Card className="panel" title={t("contact.consent")}>
          <DataTable name="consents" label={t("contact.consent")} columns={consents} rows={profile.consents} rowKey={(row) => `${row.channel} ${row.topic}`} empty={<Empty title={t("contact.noConsent")} what={t("contact.noConsentWhat")} />} />
        </Card>
      </div>
      <div>
        <Card className="panel" title={t("contact.identities")}>
          <DataTable name="identities" label={t("contact.identities")} columns={identities} rows={profile.identities} rowKey={(row) => `${row.kind} ${row.issuer} ${row.value}`} empty={<Empty title={t("contact.noIdentities")} />} />
        </Card>
        <Card className="panel" title={t("contact.traits")}>
          <DataTable name="traits" label={t("contact.traits")} columns={traits} rows={profile.traits} rowKey={(row) => row.key} empty={<Empty title={t("contact.noTraits")} />} />
        </Card>
      </div>
    </div>
  );
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function Tags({ profile }: { profile: Whole }) {
  const { t, f } = useWords();
  const may = useMay();
  const { run } = useAction();
  const queries = useQueryClient();
  const [form] = Form.useForm<{ name: string }>();
  const { id } = profile.contact;
  const take = (next: Whole) => queries.setQueryData(["contacts", id, "profile"], next);
  const put = async (name: string) => take(await answer(api.POST("/api/v1/contacts/{id}/tags", { params: { path: { id } }, body: { name } })));
  const remove = async (name: string) =>
    take(await answer(api.DELETE("/api/v1/contacts/{id}/tags/{name}", { params: { path: { id, name } } })));
  const { busy, submit, alert } = useSubmit(form, async ({ name }: { name: string }) => {
    await put(name);
    form.resetFields();
  });
  return (
    <>
      <Flex gap={8} wrap className="table-tools">
        {profile.tags.map((tag) => (
          <Tag
            key={tag.name}
            closable={may("audience.write")}
            title={t("contact.tagFrom", { source: tag.source, at: f.date(tag.at) })}
            onClose={(event) => {
              event.preventDefault();
              void run(() => remove(tag.name), t("contact.tagRemoved", { name: tag.name }), () => put(tag.name));
            }}
          >
            {tag.name}
          </Tag>
        ))}
        {profile.tags.length === 0 && t("contact.noTags")}
      </Flex>
      {alert}
      {may("audience.write") && (
        <Form form={form} layout="inline" onFinish={(values) => void submit(values)}>
          <Form.Item name="name" rules={[{ required: true, message: t("form.needed") }]}>
            <Input aria-label={t("contact.tagNew")} placeholder={t("contact.tagNew")} maxLength={80} />
          </Form.Item>
          <Button htmlType="submit" icon={<PlusOutlined />} loading={busy}>
            {t("contact.tagAdd")}
          </Button>
        </Form>
      )}
    </>
  );
}
