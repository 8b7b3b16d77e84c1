/** A sales channel, made or changed. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { EditDialog, useEdit, useMake } from "@/parts/edit";
import { Loading } from "@/parts/Loading";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { channelQuery, unitsQuery } from "./questions";

type Channel = Schemas["SalesChannel"];
const KINDS = ["store", "web", "marketplace", "distributor"];

interface Values {
  code?: string;
  name?: string;
  kind?: string;
  unit?: string | null;
}

export function ChannelDialog({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const { t } = useWords();
  const asked = useQuery({ ...channelQuery(id ?? ""), enabled: id !== undefined });
  if (!id) return <Make onClose={onClose} />;
  if (asked.data) return <Change channel={asked.data} onClose={onClose} />;
  return (
    <Modal open title={t("channel.change")} onCancel={onClose} footer={null}>
      {asked.isError ? <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} /> : <Loading />}
    </Modal>
  );
}

function Make({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const making = useMake<Values>({ kind: "store" }, async ({ code = "", name, kind, unit }) => {
    await answer(api.POST("/api/v1/sales-channels", { body: { code, name: name || null, kind: kind || null, unit: unit ?? null } }));
    await queries.invalidateQueries({ queryKey: ["sales-channels"] });
    return onClose;
  });
  return (
    <EditDialog of={making} title={t("channel.new")} onClose={onClose}>
      <Fields fresh />
    </EditDialog>
  );
}

function Change({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const { t, code } = useWords();
  const queries = useQueryClient();
  const units = useQuery({ ...unitsQuery, enabled: useMay()("units.read") });
  const params = { path: { id: channel.id } };
  const edit = useEdit<Channel, Values>({
    held: channel,
    pick: ({ name, kind, unit }) => ({ name, kind, unit: unit ?? null }),
    save: (version, { name, kind, unit }) =>
      answer(api.PATCH("/api/v1/sales-channels/{id}", { params, headers: ifMatch(version), body: { name: name ?? null, kind: kind ?? null, unit: unit ?? null } })),
    read: () => answer(api.GET("/api/v1/sales-channels/{id}", { params })),
    onSaved: (next) => {
      queries.setQueryData(channelQuery(channel.id).queryKey, next);
      void queries.invalidateQueries({ queryKey: ["sales-channels"] });
      onClose();
    },
    names: { name: t("channel.name"), kind: t("channel.kind"), unit: t("channel.unit") },
    show: (field, value) => {
      if (field === "unit") return value ? (units.data?.items.find((one) => one.id === value)?.name ?? String(value)) : "—";
      return field === "kind" ? code("channel.kind", String(value)) : undefined;
    },
  });
  return (
    <EditDialog of={edit} title={t("channel.change")} onClose={onClose}>
      <Fields />
    </EditDialog>
  );
}

function Fields({ fresh = false }: { fresh?: boolean }) {
  const { t } = useWords();
  const may = useMay();
  const units = useQuery({ ...unitsQuery, enabled: may("units.read") });
  const needed = [{ required: true, message: t("form.needed") }];
  return (
    <>
      {fresh && (
        <Form.Item name="code" label={t("channel.code")} extra={t("channel.codeHelp")} rules={needed}>
          <Input autoFocus maxLength={100} />
        </Form.Item>
      )}
      <Form.Item name="name" label={t("channel.name")} rules={fresh ? [] : needed}>
        <Input maxLength={200} autoFocus={!fresh} />
      </Form.Item>
      <Form.Item name="kind" label={t("channel.kind")} extra={t("channel.kindHelp")}>
        <KindSelect />
      </Form.Item>
      {may("units.read") && (
        <Form.Item name="unit" label={t("channel.unit")}>
          <Select allowClear showSearch={{ optionFilterProp: "label" }} options={units.data?.items.map((one) => ({ value: one.id, label: one.name }))} />
        </Form.Item>
      )}
    </>
  );
}

/** One of the usual types, or the word that was typed. */
function KindSelect({ id, value, onChange }: { id?: string; value?: string; onChange?: (kind: string) => void }) {
  const { code } = useWords();
  const [typed, setTyped] = useState("");
  const all = [...new Set([...KINDS, ...(value ? [value] : []), ...(typed.trim() ? [typed.trim()] : [])])];
  return <Select id={id} showSearch={{ optionFilterProp: "label", onSearch: setTyped }} value={value} options={all.map((one) => ({ value: one, label: code("channel.kind", one) }))} onChange={onChange} />;
}
