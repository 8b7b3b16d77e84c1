/** What a package is, read off its bytes: roles, wishes with their reasons, and every import with its verdict. */
import { Card, Collapse, Descriptions, Typography } from "antd";
import type { Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { StateTag, type Mood } from "@/parts/StateTag";
import { useWords } from "@/words";

type Wish = Schemas["PermissionChange"];

/** An import or export; the document leaves its shape open. */
interface Part {
  name: string;
  verdict: string;
  detail: string;
}

const VERDICTS: Record<string, Mood> = { satisfied: "good", "needs-permission": "warning" };

export function Wishes({ wishes, label }: { wishes: Wish[]; label: string }) {
  const { t, code } = useWords();
  const columns: Column<Wish>[] = [
    { key: "permission", title: t("plugin.permission"), text: (row) => code("permission", row.permission), cell: (row) => <strong>{code("permission", row.permission)}</strong> },
    { key: "detail", title: t("plugin.exactly"), text: (row) => row.detail, cell: (row) => row.detail },
    { key: "reason", title: t("plugin.itsReason"), text: (row) => row.reason ?? "", cell: (row) => row.reason ?? t("plugin.noReason") },
  ];
  return (
    <DataTable<Wish>
      name="permissions"
      label={label}
      columns={columns}
      rows={wishes}
      rowKey={(row) => `${row.permission} ${row.detail}`}
      empty={<Empty title={t("plugin.noWishes")} what={t("plugin.noWishesWhat")} />}
    />
  );
}

export function PackageShown({ kept }: { kept: Schemas["PluginPackage"] }) {
  const { t, f, code } = useWords();
  const columns: Column<Part>[] = [
    { key: "name", title: t("plugin.interface"), text: (row) => row.name, cell: (row) => <span className="mono">{row.name}</span> },
    { key: "verdict", title: t("plugin.verdict"), text: (row) => code("verdict", row.verdict), cell: (row) => <StateTag mood={VERDICTS[row.verdict] ?? "bad"}>{code("verdict", row.verdict)}</StateTag> },
    { key: "detail", title: t("campaign.detail"), text: (row) => row.detail, cell: (row) => row.detail },
  ];
  const parts = (items: unknown[], label: string) => (
    <DataTable<Part> name="imports" label={label} columns={columns} rows={items as Part[]} rowKey={(row) => row.name} />
  );
  return (
    <>
      <Card className="panel" title={t("plugin.wishes")}>
        <Typography.Paragraph type="secondary">{t("plugin.wishesLead")}</Typography.Paragraph>
        <Wishes wishes={kept.wishes} label={t("plugin.wishes")} />
      </Card>
      <Card className="panel" title={t("plugin.package")}>
        <Descriptions
          column={{ xs: 1, lg: 2 }}
          size="small"
          items={[
            { key: "plugin", label: t("plugin.plugin"), children: <span className="mono">{kept.plugin}</span> },
            { key: "version", label: t("plugin.version"), children: kept.version },
            { key: "roles", label: t("plugin.kinds"), children: kept.roles.map((role) => code("plugin.kind", role.kind)).join(", ") },
            { key: "size", label: t("import.size"), children: f.bytes(kept.bytes) },
            { key: "licence", label: t("plugin.licence"), children: kept.licence ?? "—" },
            { key: "sdk", label: t("plugin.sdk"), children: kept.sdk ?? "—" },
            { key: "digest", label: t("plugin.digest"), children: <span className="mono">{kept.digest}</span> },
          ]}
        />
        <Collapse
          className="section"
          items={[
            { key: "imports", label: t("plugin.imports", { n: kept.imports.length }), children: parts(kept.imports, t("plugin.imports", { n: kept.imports.length })) },
            { key: "exports", label: t("plugin.exports", { n: kept.exports.length }), children: parts(kept.exports, t("plugin.exports", { n: kept.exports.length })) },
            ...(kept.readme ? [{ key: "readme", label: t("plugin.readme"), children: <pre className="plain">{kept.readme}</pre> }] : []),
          ]}
        />
      </Card>
    </>
  );
}
