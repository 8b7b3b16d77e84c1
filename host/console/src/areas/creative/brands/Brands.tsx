/** Who speaks: brands with their postal address, senders, and the topics people agree to. */
import { PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button, Card, Form, Input, Select } from "antd";
import { useState, type ReactNode } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { present } from "@/api/problem";
import { sendersQuery, topicsQuery } from "@/areas/campaign/questions";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { EditDialog, useMake } from "@/parts/edit";
import { Empty } from "@/parts/Empty";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { CreativeTabs } from "../CreativeTabs";
import { channels, installationsQuery } from "../messages/channels";
import { brandsQuery } from "../questions";
import { RecordDialog } from "./RecordDialog";

type Brand = Schemas["Brand"];
type Sender = Schemas["Sender"];
type Topic = Schemas["Topic"];

/** Nothing, a new one, or this one. */
type Edited<Row> = undefined | "new" | Row;
const rowOf = <Row,>(edited: Exclude<Edited<Row>, undefined>): Row | undefined => (edited === "new" ? undefined : (edited as Row));

export function Brands() {
  const { t } = useWords();
  return (
    <Page title={t("brand.all")} lead={t("brand.lead")} help={["brand.help.what", "brand.help.senders", "brand.help.topics"]}>
      <CreativeTabs at="brands" />
      <BrandList />
      <SenderList />
      <TopicList />
    </Page>
  );
}

function useMakeButton(onMake: () => void, label: string): ReactNode {
  const may = useMay();
  return may("creative.write") ? (
    <Button icon={<PlusOutlined />} onClick={onMake}>
      {label}
    </Button>
  ) : null;
}

function Name({ name, onOpen }: { name: string; onOpen: () => void }) {
  const may = useMay();
  return may("creative.write") ? (
    <Button type="link" size="small" className="pick" onClick={onOpen}>
      <bdi>{name}</bdi>
    </Button>
  ) : (
    <bdi>{name}</bdi>
  );
}

function BrandList() {
  const { t } = useWords();
  const asked = useQuery(brandsQuery);
  const [edited, setEdited] = useState<Edited<Brand>>();
  const make = useMakeButton(() => setEdited("new"), t("brand.new"));
  const columns: Column<Brand>[] = [
    { key: "name", title: t("brand.name"), text: (row) => row.name, cell: (row) => <Name name={row.name} onOpen={() => setEdited(row)} /> },
    { key: "address", title: t("brand.address"), text: (row) => row.postal_address, cell: (row) => <span className="plain">{row.postal_address || "—"}</span> },
  ];
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  return (
    <Card className="panel" title={t("brand.brands")} extra={asked.data?.items.length ? make : null}>
      <DataTable<Brand> name="brands" label={t("brand.brands")} columns={columns} rows={asked.data?.items ?? []} rowKey={(row) => row.id} loading={asked.isPending} empty={<Empty title={t("brand.none")} what={t("brand.noneWhat")} action={make} />} />
      {edited && <BrandDialog row={rowOf(edited)} onClose={() => setEdited(undefined)} />}
    </Card>
  );
}

function BrandDialog({ row, onClose }: { row: Brand | undefined; onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  async function save(body: Schemas["BrandInput"], version: number) {
    const saved = await answer(row ? api.PUT("/api/v1/brands/{id}", { params: { path: { id: row.id } }, headers: ifMatch(version), body }) : api.POST("/api/v1/brands", { body }));
    await queries.invalidateQueries({ queryKey: ["brands"] });
    return saved;
  }
  return (
    <RecordDialog<Brand, Schemas["BrandInput"]>
      title={row?.name ?? t("brand.new")}
      row={row}
      start={{ name: "" }}
      pick={({ name, postal_address }) => ({ name, postal_address })}
      names={{ name: t("brand.name"), postal_address: t("brand.address") }}
      save={save}
      reload={async () => present((await queries.fetchQuery({ ...brandsQuery, staleTime: 0 })).items.find((one) => one.id === row?.id), t("error.notFound"))}
      onClose={onClose}
    >
      <Form.Item name="name" label={t("brand.name")} rules={[{ required: true, whitespace: true, message: t("form.needed") }]}>
        <Input maxLength={200} autoFocus />
      </Form.Item>
      <Form.Item name="postal_address" label={t("brand.address")} extra={t("brand.addressHelp")}>
        <Input.TextArea rows={3} />
      </Form.Item>
    </RecordDialog>
  );
}

function SenderList() {
  const { t, code } = useWords();
  const asked = useQuery(sendersQuery);
  const brands = useQuery(brandsQuery);
  const [edited, setEdited] = useState<Edited<Sender>>();
  const make = useMakeButton(() => setEdited("new"), t("sender.new"));
  const brand = (row: Sender) => brands.data?.items.find((one) => one.id === row.brand)?.name ?? "";
  const columns: Column<Sender>[] = [
    { key: "name", title: t("sender.name"), text: (row) => row.name, cell: (row) => <Name name={row.name} onOpen={() => setEdited(row)} /> },
    { key: "channel", title: t("message.channel"), text: (row) => code("message.channel", row.channel), cell: (row) => code("message.channel", row.channel) },
    { key: "address", title: t("sender.address"), text: (row) => row.address, cell: (row) => <span className="mono">{row.address}</span> },
    { key: "reply", title: t("sender.replyTo"), text: (row) => row.reply_to, cell: (row) => (row.reply_to ? <span className="mono">{row.reply_to}</span> : "—") },
    { key: "brand", title: t("brand.one"), text: brand, cell: (row) => <bdi>{brand(row) || "—"}</bdi> },
  ];
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  return (
    <Card className="panel" title={t("sender.all")} extra={asked.data?.items.length ? make : null}>
      <DataTable<Sender> name="senders" label={t("sender.all")} columns={columns} rows={asked.data?.items ?? []} rowKey={(row) => row.id} loading={asked.isPending} empty={<Empty title={t("sender.none")} what={t("sender.noneWhat")} action={make} />} />
      {edited && <SenderDialog row={rowOf(edited)} brands={brands.data?.items ?? []} onClose={() => setEdited(undefined)} />}
    </Card>
  );
}

function SenderDialog({ row, brands, onClose }: { row: Sender | undefined; brands: Brand[]; onClose: () => void }) {
  const { t, code } = useWords();
  const may = useMay();
  const queries = useQueryClient();
  const installations = useQuery({ ...installationsQuery, enabled: may("plugins.read") });
  const needed = [{ required: true, whitespace: true, message: t("form.needed") }];
  async function save({ brand, ...rest }: Schemas["SenderInput"], version: number) {
    const body = { ...rest, ...(brand && { brand }) };
    const saved = await answer(row ? api.PUT("/api/v1/senders/{id}", { params: { path: { id: row.id } }, headers: ifMatch(version), body }) : api.POST("/api/v1/senders", { body }));
    await queries.invalidateQueries({ queryKey: ["senders"] });
    return saved;
  }
  return (
    <RecordDialog<Sender, Schemas["SenderInput"]>
      title={row?.name ?? t("sender.new")}
      row={row}
      start={{ name: "", channel: "email", address: "" }}
      pick={({ name, channel, address, reply_to, brand }) => ({ name, channel, address, reply_to, ...(brand && { brand }) })}
      names={{ name: t("sender.name"), channel: t("message.channel"), address: t("sender.address"), reply_to: t("sender.replyTo"), brand: t("brand.one") }}
      show={(field, value) => (field === "channel" ? code("message.channel", String(value)) : field === "brand" && value ? brands.find((one) => one.id === value)?.name : undefined)}
      save={save}
      reload={async () => present((await queries.fetchQuery({ ...sendersQuery, staleTime: 0 })).items.find((one) => one.id === row?.id), t("error.notFound"))}
      onClose={onClose}
    >
      <Form.Item name="name" label={t("sender.name")} extra={t("sender.nameHelp")} rules={needed}>
        <Input maxLength={200} autoFocus />
      </Form.Item>
      <Form.Item name="channel" label={t("message.channel")}>
        <Select options={channels(installations.data?.items ?? []).map((value) => ({ value, label: code("message.channel", value) }))} />
      </Form.Item>
      <Form.Item name="address" label={t("sender.address")} extra={t("sender.addressHelp")} rules={needed}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="reply_to" label={t("sender.replyTo")} extra={t("sender.replyToHelp")}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="brand" label={t("brand.one")}>
        <Select allowClear options={brands.map((one) => ({ value: one.id, label: one.name }))} />
      </Form.Item>
    </RecordDialog>
  );
}

function TopicList() {
  const { t } = useWords();
  const asked = useQuery(topicsQuery);
  const [making, setMaking] = useState(false);
  const make = useMakeButton(() => setMaking(true), t("topic.new"));
  const columns: Column<Topic>[] = [
    { key: "name", title: t("topic.name"), text: (row) => row.name, cell: (row) => <bdi>{row.name}</bdi> },
    { key: "code", title: t("topic.code"), text: (row) => row.code, cell: (row) => <span className="mono">{row.code}</span> },
  ];
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  return (
    <Card className="panel" title={t("topic.all")} extra={asked.data?.items.length ? make : null}>
      <DataTable<Topic> name="topics" label={t("topic.all")} columns={columns} rows={asked.data?.items ?? []} rowKey={(row) => row.id} loading={asked.isPending} empty={<Empty title={t("topic.none")} what={t("topic.noneWhat")} action={make} />} />
      {making && <TopicDialog onClose={() => setMaking(false)} />}
    </Card>
  );
}

function TopicDialog({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const making = useMake<Schemas["TopicInput"]>({}, async (body) => {
    await answer(api.POST("/api/v1/topics", { body }));
    await queries.invalidateQueries({ queryKey: ["topics"] });
    return onClose;
  });
  const needed = [{ required: true, whitespace: true, message: t("form.needed") }];
  return (
    <EditDialog of={making} title={t("topic.new")} onClose={onClose}>
      <Form.Item name="name" label={t("topic.name")} extra={t("topic.nameHelp")} rules={needed}>
        <Input maxLength={200} autoFocus />
      </Form.Item>
      <Form.Item name="code" label={t("topic.code")} extra={t("topic.codeHelp")} rules={needed}>
        <Input maxLength={60} />
      </Form.Item>
    </EditDialog>
  );
}
