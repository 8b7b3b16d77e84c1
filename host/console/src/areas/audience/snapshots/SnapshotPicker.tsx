/** Choose a snapshot by its name; one that is not among the latest is given by its id. */
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useWords } from "@/words";
import { snapshotChoices, snapshotQuery } from "./questions";

export function SnapshotPicker({ value, disabled, onChange }: { value: string; disabled: boolean; onChange: (id: string) => void }) {
  const { t, f } = useWords();
  const asked = useQuery(snapshotChoices);
  const chosen = useQuery({ ...snapshotQuery(value), enabled: value !== "", retry: false });
  const known = asked.data?.items ?? [];
  const all = chosen.data && !known.some((one) => one.id === chosen.data.id) ? [chosen.data, ...known] : known;
  return (
    <Select
      showSearch={{ optionFilterProp: "label" }}
      aria-label={t("snapshot.choose")}
      placeholder={t("snapshot.choose")}
      status={chosen.isError ? "error" : ""}
      disabled={disabled}
      style={{ minWidth: 300 }}
      loading={asked.isPending && asked.fetchStatus !== "idle"}
      value={value || null}
      options={all.map((one) => ({ value: one.id, label: t("snapshot.option", { name: one.name, n: one.size, at: f.date(one.created_at) }) }))}
      notFoundContent={t("snapshot.noneToChoose")}
      onChange={(id: string | null) => onChange(id ?? "")}
    />
  );
}
