/** By whom, what, to which thing and when. */
import { useQuery } from "@tanstack/react-query";
import { Button, Flex, Select } from "antd";
import { useMay } from "@/api/me";
import { InstantInput } from "@/parts/fields";
import { SearchBox } from "@/parts/SearchBox";
import { useWords } from "@/words";
import { ACTIONS, actionWords, OBJECTS } from "./audited";
import { usersQuery } from "./questions";

interface AuditSearch {
  actor?: string | undefined;
  action?: string | undefined;
  object?: string | undefined;
  id?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** Of everything in the address only what filters. */
export const filtersOf = ({ actor, action, object, id, from, to }: AuditSearch): AuditSearch => ({ actor, action, object, id, from, to });

export function AuditFilters({ search, onChange }: { search: AuditSearch; onChange: (next: AuditSearch) => void }) {
  const { t, code } = useWords();
  const may = useMay();
  const users = useQuery({ ...usersQuery, enabled: may("users.read") });
  const actors = [
    ...(users.data ?? []).map((one) => ({ value: `user:${one.id}`, label: `${one.name} (${one.email})` })),
    { value: "local", label: t("actor.local") },
    { value: "system", label: t("actor.system") },
  ];
  const known = <T extends { value: string }>(options: T[], value: string | undefined) => (value && !options.some((one) => one.value === value) ? [...options, { value, label: value }] : options);
  const pick = { allowClear: true, popupMatchSelectWidth: 280, showSearch: { optionFilterProp: "label" } } as const;
  return (
    <Flex gap={8} wrap align="center" className="filters">
      <Select
        {...pick}
        aria-label={t("admin.who")}
        placeholder={t("admin.who")}
        style={{ width: 160 }}
        value={search.actor}
        loading={users.isLoading}
        options={known(actors, search.actor)}
        onChange={(actor) => onChange({ actor })}
      />
      <Select
        {...pick}
        aria-label={t("admin.did")}
        placeholder={t("admin.did")}
        style={{ width: 190 }}
        value={search.action}
        options={known(ACTIONS.map((value) => ({ value: value as string, label: actionWords(code, value) })), search.action)}
        onChange={(action) => onChange({ action })}
      />
      <Select
        {...pick}
        aria-label={t("admin.object")}
        placeholder={t("admin.object")}
        style={{ width: 160 }}
        value={search.object}
        options={known(OBJECTS.map((value) => ({ value: value as string, label: code("audit.of", value) })), search.object)}
        onChange={(object) => onChange({ object })}
      />
      <SearchBox label={t("admin.objectIdSearch")} value={search.id} onChange={(id) => onChange({ id })} />
      <Flex gap={8} align="center">
        <label htmlFor="audit-from">{t("admin.from")}</label>
        <InstantInput id="audit-from" value={search.from ?? null} onChange={(from) => onChange({ from: from ?? undefined })} />
      </Flex>
      <Flex gap={8} align="center">
        <label htmlFor="audit-to">{t("admin.to")}</label>
        <InstantInput id="audit-to" value={search.to ?? null} onChange={(to) => onChange({ to: to ?? undefined })} />
      </Flex>
      {Object.values(search).some((value) => value !== undefined) && (
        <Button size="small" onClick={() => onChange({ actor: undefined, action: undefined, object: undefined, id: undefined, from: undefined, to: undefined })}>
          {t("admin.clearFilters")}
        </Button>
      )}
    </Flex>
  );
}
