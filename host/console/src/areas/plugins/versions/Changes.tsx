/** What a version changes against the one that serves: permissions, data fields, abilities, settings, contract. */
import { Descriptions, Tag, Typography } from "antd";
import type { Schemas } from "@/api/client";
import { useWords } from "@/words";
import { Fields } from "../packages/Granted";
import { Wishes } from "../packages/Wishes";

export function Changes({ difference }: { difference: Schemas["VersionDifference"] }) {
  const { t, code } = useWords();
  const { from, to, added, removed } = difference;
  const abilities = (names: string[]) => names.map((name) => (name.includes(".") ? code("ability", name) : code("plugin.kind", name)));
  const fields = difference.fields_added ?? [];
  const gone = difference.fields_removed ?? [];
  const row = (key: string, label: string, names: string[]) => (names.length > 0 ? [{ key, label, children: <Names names={names} /> }] : []);
  const items = [
    ...(fields.length > 0 ? [{ key: "fa", label: t("plugin.fieldsAdded"), children: <Fields names={fields} /> }] : []),
    ...(gone.length > 0 ? [{ key: "fr", label: t("plugin.fieldsRemoved"), children: <Fields names={gone} /> }] : []),
    ...row("aa", t("plugin.abilitiesAdded"), abilities(difference.abilities_added)),
    ...row("ar", t("plugin.abilitiesRemoved"), abilities(difference.abilities_removed)),
    ...row("sa", t("plugin.settingsAdded"), difference.settings_added),
    ...row("sr", t("plugin.settingsRemoved"), difference.settings_removed),
    ...row("sm", t("plugin.settingsMissing"), difference.settings_missing),
    ...row("ca", t("plugin.contractsAdded"), difference.contracts_added ?? []),
    ...row("cr", t("plugin.contractsRemoved"), difference.contracts_removed ?? []),
  ];
  return (
    <>
      <Typography.Title level={2}>{from ? t("plugin.changes", { from, to }) : t("plugin.firstVersion")}</Typography.Title>
      <Typography.Title level={3}>{t("plugin.added")}</Typography.Title>
      <Wishes wishes={added} label={t("plugin.added")} empty={from ? t("plugin.noMore") : t("plugin.noWishes")} />
      {removed.length > 0 && (
        <>
          <Typography.Title level={3} className="section">
            {t("plugin.removed")}
          </Typography.Title>
          <Wishes wishes={removed} label={t("plugin.removed")} />
        </>
      )}
      {items.length > 0 && <Descriptions className="section" column={1} size="small" items={items} />}
    </>
  );
}

function Names({ names }: { names: string[] }) {
  return (
    <span>
      {names.map((name) => (
        <Tag key={name}>{name}</Tag>
      ))}
    </span>
  );
}
