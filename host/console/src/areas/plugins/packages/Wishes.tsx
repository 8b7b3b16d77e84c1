/** Permissions with what exactly they allow and why the plugin says it needs them. A plugin's own words are text. */
import type { Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";

type Wish = Schemas["PermissionChange"];

export function Wishes({ wishes, label, empty }: { wishes: Wish[]; label: string; empty?: string }) {
  const { t, code } = useWords();
  const columns: Column<Wish>[] = [
    { key: "permission", title: t("plugin.permission"), text: (row) => code("permission", row.permission), cell: (row) => <strong>{code("permission", row.permission)}</strong> },
    { key: "detail", title: t("plugin.exactly"), text: (row) => row.detail, cell: (row) => <bdi>{row.detail}</bdi> },
    { key: "reason", title: t("plugin.itsReason"), text: (row) => row.reason ?? "", cell: (row) => (row.reason ? <bdi>{row.reason}</bdi> : t("plugin.noReason")) },
  ];
  if (wishes.length === 0) return empty === undefined ? <Empty title={t("plugin.noWishes")} what={t("plugin.noWishesWhat")} /> : <Empty title={empty} />;
  return (
    <div className="wishes">
      <DataTable<Wish> name="permissions" label={label} columns={columns} rows={wishes} rowKey={(row) => `${row.permission} ${row.detail}`} />
    </div>
  );
}
