/** What a package is, read off its bytes: roles, wishes with their reasons, and every import with its verdict. */
import { Alert, Card, Descriptions, Typography } from "antd";
import type { Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { StateTag, type Mood } from "@/parts/StateTag";
import { useWords } from "@/words";
import { listOf, type Contract, type Part } from "../shapes";
import { Facts } from "./Facts";
import { Fields } from "./Granted";
import { Wishes } from "./Wishes";

const VERDICTS: Record<string, Mood> = { satisfied: "good", "needs-permission": "warning" };
const CLASSES: Record<string, Mood> = { free: "good", granted: "warning" };

/** `check` adds what only the compatibility report knows. */
export function PackageShown({ kept, check }: { kept: Schemas["PluginPackage"]; check?: Schemas["PluginCheck"] }) {
  const { t } = useWords();
  const fields = kept.wishes.filter((one) => one.permission === "field").map((one) => one.detail);
  const imports = listOf<Part>(kept.imports);
  const contracts = listOf<Contract>(check?.contracts);
  return (
    <>
      <Card className="panel" title={t("plugin.wishes")}>
        <Typography.Paragraph type="secondary">{t("plugin.wishesLead")}</Typography.Paragraph>
        <Wishes wishes={kept.wishes} label={t("plugin.wishes")} />
        <Descriptions className="section" column={1} size="small" items={[{ key: "fields", label: t("permission.field"), children: <Fields names={fields} /> }]} />
      </Card>
      <Card className="panel" title={t("plugin.package")}>
        <Facts kept={kept} />
      </Card>
      <Card className="panel" title={t("plugin.imports", { n: imports.length })}>
        <Imports rows={imports} label={t("plugin.imports", { n: imports.length })} />
      </Card>
      <Card className="panel" title={t("plugin.exports", { n: kept.exports.length })}>
        <Exports rows={listOf<Part>(kept.exports)} label={t("plugin.exports", { n: kept.exports.length })} />
      </Card>
      {contracts.length > 0 && (
        <Card className="panel" title={t("plugin.contracts")}>
          <Contracts rows={contracts} />
        </Card>
      )}
    </>
  );
}

/** The short of a compatibility report. */
export function Verdict({ check }: { check: Schemas["PluginCheck"] }) {
  const { t } = useWords();
  if (check.refusal) return <Alert type="error" showIcon role="alert" className="banner" title={t("plugin.neverLoads")} description={check.refusal} />;
  if (check.missing.length > 0) return <Alert type="warning" showIcon className="banner" title={t("plugin.asksTooLittle", { what: check.missing.join(", ") })} />;
  return <Alert type={check.loads ? "success" : "warning"} showIcon className="banner" title={check.loads ? t("plugin.loads") : t("plugin.loadsNot")} />;
}

function Imports({ rows, label }: { rows: Part[]; label: string }) {
  const { t, code } = useWords();
  const columns: Column<Part>[] = [
    { key: "name", title: t("plugin.interface"), text: (row) => row.name, cell: (row) => <span className="mono">{row.name}</span> },
    { key: "class", title: t("plugin.class"), text: (row) => code("import", row.class ?? "refused"), cell: (row) => <StateTag mood={CLASSES[row.class ?? ""] ?? "bad"}>{code("import", row.class ?? "refused")}</StateTag> },
    { key: "verdict", title: t("plugin.verdict"), text: (row) => code("verdict", row.verdict), cell: (row) => <StateTag mood={VERDICTS[row.verdict] ?? "bad"}>{code("verdict", row.verdict)}</StateTag> },
    { key: "permission", title: t("plugin.permission"), text: (row) => row.permission ?? "", cell: (row) => (row.permission ? code("permission", row.permission) : "—") },
    { key: "at", title: t("plugin.differsAt"), text: (row) => row.at ?? "", cell: (row) => row.at ?? "—", hidden: rows.every((row) => !row.at) },
    { key: "detail", title: t("campaign.detail"), text: (row) => row.detail, cell: (row) => row.detail, hidden: true },
  ];
  return <DataTable<Part> name="imports" label={label} columns={columns} rows={rows} rowKey={(row) => row.name} />;
}

function Exports({ rows, label }: { rows: Part[]; label: string }) {
  const { t, code } = useWords();
  const columns: Column<Part>[] = [
    { key: "name", title: t("plugin.interface"), text: (row) => row.name, cell: (row) => <span className="mono">{row.name}</span> },
    { key: "verdict", title: t("plugin.verdict"), text: (row) => code("export", row.verdict), cell: (row) => <StateTag mood={row.verdict === "satisfied" ? "good" : "bad"}>{code("export", row.verdict)}</StateTag> },
    { key: "role", title: t("plugin.role"), text: (row) => row.role ?? "", cell: (row) => <Ability name={row.role} /> },
    { key: "detail", title: t("campaign.detail"), text: (row) => row.detail, cell: (row) => row.detail, hidden: true },
  ];
  return <DataTable<Part> name="exports" label={label} columns={columns} rows={rows} rowKey={(row) => row.name} />;
}

/** `connector.deliver` as a word, or as it is written. */
function Ability({ name }: { name: string | undefined }) {
  const { code } = useWords();
  if (!name) return <>—</>;
  return <>{name.includes(".") ? code("ability", name) : code("plugin.kind", name)}</>;
}

function Contracts({ rows }: { rows: Contract[] }) {
  const { t } = useWords();
  const columns: Column<Contract>[] = [
    { key: "package", title: t("plugin.interface"), text: (row) => row.package, cell: (row) => <span className="mono">{row.package}</span> },
    { key: "version", title: t("plugin.builtWith"), text: (row) => row.version, cell: (row) => row.version || "—" },
    { key: "host", title: t("plugin.hostSpeaks"), text: (row) => row.host, cell: (row) => row.host || "—" },
    { key: "fits", title: t("plugin.verdict"), text: (row) => (row.fits ? t("plugin.fits") : t("plugin.fitsNot")), cell: (row) => <StateTag mood={row.fits ? "good" : "bad"}>{row.fits ? t("plugin.fits") : t("plugin.fitsNot")}</StateTag> },
  ];
  return <DataTable<Contract> name="contracts" label={t("plugin.contracts")} columns={columns} rows={rows} rowKey={(row) => `${row.package}@${row.version}`} />;
}
