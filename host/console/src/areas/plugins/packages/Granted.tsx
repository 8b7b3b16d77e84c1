/** What a version may do: hosts with the places a secret may stand in, data fields, the rest. */
import { Card, Descriptions, Flex, Tag, Typography } from "antd";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { useWords } from "@/words";
import type { Grants, HostGrant } from "../shapes";

export function Granted({ grants, title }: { grants: Grants; title?: string }) {
  const { t, f } = useWords();
  const yes = (on: boolean | undefined) => (on ? t("form.yes") : t("form.no"));
  const hosts = grants.http ?? [];
  return (
    <Card className="panel" title={title ?? t("plugin.mayNow")}>
      <Typography.Title level={2}>{t("permission.http")}</Typography.Title>
      {hosts.length === 0 ? <Typography.Paragraph>{t("plugin.noHosts")}</Typography.Paragraph> : <Hosts hosts={hosts} />}
      <Descriptions
        column={1}
        size="small"
        className="section"
        items={[
          { key: "fields", label: t("permission.field"), children: <Fields names={grants.fields ?? []} /> },
          { key: "address", label: t("permission.clear-address"), children: yes(grants.clear_address) },
          { key: "mail", label: t("permission.mail"), children: yes(grants.mail) },
          { key: "query", label: t("permission.query"), children: yes(grants.query) },
          { key: "state", label: t("permission.state"), children: grants.state_bytes ? f.bytes(grants.state_bytes) : t("form.no") },
        ]}
      />
    </Card>
  );
}

/** Personal columns, in the clear or hashed for this installation alone. */
export function Fields({ names }: { names: string[] }) {
  const { t } = useWords();
  if (names.length === 0) return <>{t("plugin.noFields")}</>;
  return (
    <Flex gap={4} wrap>
      {names.map((name) => (
        <Tag key={name}>{name.startsWith("hashed.") ? t("plugin.fieldHashed", { name: name.slice("hashed.".length) }) : t("plugin.fieldClear", { name })}</Tag>
      ))}
    </Flex>
  );
}

function Hosts({ hosts }: { hosts: HostGrant[] }) {
  const { t, code } = useWords();
  const list = (items: (string | number)[] | undefined) => (items ?? []).join(", ") || "—";
  /** Where a secret may stand; the fields of a body by name. */
  const places = (host: HostGrant) => {
    if ((host.secrets ?? []).length === 0) return "—";
    return (host.places ?? []).map((place) => (place === "field" ? t("plugin.placeFields", { fields: list(host.fields) }) : code("place", place))).join(", ") || "—";
  };
  const reach = (host: HostGrant) => [host.plain_http ? t("plugin.plainHttp") : "", host.private ? t("plugin.privateNet") : ""].filter((one) => one !== "").join(", ") || t("plugin.httpsOnly");
  const columns: Column<HostGrant>[] = [
    { key: "host", title: t("plugin.host"), text: (row) => row.host, cell: (row) => <span className="mono">{row.host}</span> },
    { key: "methods", title: t("plugin.methods"), text: (row) => list(row.methods), cell: (row) => list(row.methods) },
    { key: "ports", title: t("plugin.ports"), text: (row) => list(row.ports), cell: (row) => list(row.ports) },
    { key: "reach", title: t("plugin.reach"), text: reach, cell: reach },
    { key: "secrets", title: t("plugin.secrets"), text: (row) => list(row.secrets), cell: (row) => list(row.secrets) },
    { key: "places", title: t("plugin.places"), text: places, cell: places },
    { key: "address", title: t("plugin.addressGoes"), text: (row) => (row.address ? t("form.yes") : t("form.no")), cell: (row) => (row.address ? t("form.yes") : t("form.no")) },
  ];
  return <DataTable<HostGrant> name="hosts" label={t("permission.http")} columns={columns} rows={hosts} rowKey={(row) => `${row.host} ${list(row.ports)} ${list(row.methods)}`} />;
}
