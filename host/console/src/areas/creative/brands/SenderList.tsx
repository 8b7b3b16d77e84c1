/** Whom messages come from, by channel. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Card, Form, Input, Select } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { present } from "@/api/problem";
import { sendersQuery } from "@/areas/campaign/questions";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { channels, installationsQuery } from "../messages/channels";
import { brandsQuery } from "../questions";
import { Name, useEdited, useMakeButton } from "./edited";
import { RecordDialog } from "./RecordDialog";

type Brand = Schemas["Brand"];
type Sender = Schemas["Sender"];

export function SenderList() {
  const { t, code } = useWords();
  const asked = useQuery(sendersQuery);
  const brands = useQuery(brandsQuery);
  const { row, fresh, close } = useEdited<Sender>("sender", asked.data?.items);
  const make = useMakeButton("sender", t("sender.new"));
  const brand = (row: Sender) => brands.data?.items.find((one) => one.id === row.brand)?.name ?? "";
  const columns: Column<Sender>[] = [
    { key: "name", title: t("sender.name"), text: (row) => row.name, cell: (row) => <Name sort="sender" row={row} /> },
    { key: "channel", title: t("message.channel"), text: (row) => code("message.channel", row.channel), cell: (row) => code("message.channel", row.channel) },
    { key: "address", title: t("sender.address"), text: (row) => row.address, cell: (row) => <span className="mono">{row.address}</span> },
    { key: "reply", title: t("sender.replyTo"), text: (row) => row.reply_to, cell: (row) => (row.reply_to ? <span className="mono">{row.reply_to}</span> : "—") },
    { key: "brand", title: t("brand.one"), text: brand, cell: (row) => <bdi>{brand(row) || "—"}</bdi> },
  ];
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  return (
    <Card className="panel" title={t("sender.all")} extra={asked.data?.items.length ? make : null}>
      <DataTable<Sender> name="senders" label={t("sender.all")} columns={columns} rows={asked.data?.items ?? []} rowKey={(row) => row.id} loading={asked.isPending} empty={<Empty title={t("sender.none")} what={t("sender.noneWhat")} action={make} />} />
      {(fresh || row) && <SenderDialog key={row?.id} row={row} brands={brands.data?.items ?? []} onClose={close} />}
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
