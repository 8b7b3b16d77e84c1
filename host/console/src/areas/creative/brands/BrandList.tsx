/** Brands, each with the postal address the law wants in mails. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Card, Form, Input } from "antd";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { present } from "@/api/problem";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { brandsQuery } from "../questions";
import { Name, useEdited, useMakeButton } from "./edited";
import { RecordDialog } from "./RecordDialog";

type Brand = Schemas["Brand"];

export function BrandList() {
  const { t } = useWords();
  const asked = useQuery(brandsQuery);
  const { row, fresh, close } = useEdited<Brand>("brand", asked.data?.items);
  const make = useMakeButton("brand", t("brand.new"));
  const columns: Column<Brand>[] = [
    { key: "name", title: t("brand.name"), text: (row) => row.name, cell: (row) => <Name sort="brand" row={row} /> },
    { key: "address", title: t("brand.address"), text: (row) => row.postal_address, cell: (row) => <span className="plain">{row.postal_address || "—"}</span> },
  ];
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  return (
    <Card className="panel" title={t("brand.brands")} extra={asked.data?.items.length ? make : null}>
      <DataTable<Brand> name="brands" label={t("brand.brands")} columns={columns} rows={asked.data?.items ?? []} rowKey={(row) => row.id} loading={asked.isPending} empty={<Empty title={t("brand.none")} what={t("brand.noneWhat")} action={make} />} />
      {(fresh || row) && <BrandDialog key={row?.id} row={row} onClose={close} />}
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
