/** A rule in words, as nested lists: what a person must be, have or have done. */
import { useQuery } from "@tanstack/react-query";
import { Fragment, type ReactNode } from "react";
import { useMay } from "@/api/me";
import { campaignNamesQuery } from "@/areas/campaign/questions";
import { useWords } from "@/words";
import { SnapshotLink } from "../snapshots/SnapshotLink";
import type { Json } from "./rule";
import { conditionInWords } from "./ruleWords";

export function RuleShown({ rule }: { rule: unknown }) {
  const { t } = useWords();
  const node = rule as Json;
  if (isGroup(node) && members(node).length === 0) return <>{t("rule.say.everyone")}</>;
  return <Shown node={node} />;
}

function Shown({ node }: { node: Json }): ReactNode {
  const words = useWords();
  const { t } = words;
  if (!isObject(node)) return null;
  if ("not" in node) {
    return (
      <>
        {t("rule.say.not")}
        <ul className="rule-words">
          <li>
            <Shown node={node.not ?? null} />
          </li>
        </ul>
      </>
    );
  }
  if (isGroup(node)) {
    const inner = members(node);
    const [only] = inner;
    if (inner.length === 1 && only !== undefined) return <Shown node={only} />;
    return (
      <>
        {t("any" in node ? "rule.say.any" : "rule.say.all")}
        <ul className="rule-words">
          {inner.map((one, at) => (
            <li key={at}>
              <Shown node={one} />
            </li>
          ))}
        </ul>
      </>
    );
  }
  if (node.on === "snapshot" && typeof node.id === "string") {
    return (
      <Fragment>
        {t("rule.on.snapshot")}: <SnapshotLink id={node.id} />
      </Fragment>
    );
  }
  return node.campaign === undefined ? <bdi>{conditionInWords(node, words)}</bdi> : <OfCampaign node={node} />;
}

/** A condition that names a campaign, by its name. */
function OfCampaign({ node }: { node: { [key: string]: Json } }) {
  const words = useWords();
  const may = useMay();
  const { data } = useQuery({ ...campaignNamesQuery, enabled: may("campaign.read") });
  return <bdi>{conditionInWords(node, words, (id) => data?.items.find((one) => one.id === id)?.name)}</bdi>;
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isGroup(value: Json): boolean {
  return isObject(value) && ("all" in value || "any" in value);
}

function members(group: Json): Json[] {
  if (!isObject(group)) return [];
  const held = "any" in group ? group.any : group.all;
  return Array.isArray(held) ? held : [];
}
