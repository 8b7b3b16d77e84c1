/** A recorded run once more, on the version that serves or another, with no effects: what differs, and where it first went another way. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Card, Descriptions, Flex, Select, Typography } from "antd";
import { useState } from "react";
import { answer, api } from "@/api/client";
import { useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { versionsQuery } from "../questions";
import { objectOf, type Costs, type Replayed } from "../shapes";
import { ComparisonShown, ReplayTag } from "./Comparison";

const route = getRouteApi("/in/plugins/$id/runs/$run");

export function Replay({ installation, run }: { installation: string; run: string }) {
  const { t, code } = useWords();
  const { on } = route.useSearch();
  const navigate = route.useNavigate();
  const versions = useQuery(versionsQuery(installation));
  const [found, setFound] = useState<Partial<Replayed>>();
  const items = versions.data?.items ?? [];
  const chosen = on ?? items.find((one) => one.state === "active" || one.state === "degraded")?.id;
  const { busy, submit, alert } = useSubmit<object>(undefined, async () => {
    setFound(undefined);
    setFound(objectOf<Replayed>(await answer(api.POST("/api/v1/runs/{id}/replay", { params: { path: { id: run } }, body: { version: chosen ?? null } }))));
  });
  return (
    <Card className="panel" title={t("replay.title")}>
      <Typography.Paragraph type="secondary">{t("replay.lead")}</Typography.Paragraph>
      {alert}
      <Flex gap={8} wrap className="panel">
        <Select
          aria-label={t("replay.on")}
          style={{ minWidth: 240 }}
          value={chosen}
          loading={versions.isPending}
          options={items.map((one) => ({ value: one.id, label: t("replay.version", { version: one.version, state: code("plugin.state", one.state) }) }))}
          onChange={(next) => void navigate({ search: (old) => ({ ...old, on: next }) })}
        />
        <Button type="primary" loading={busy} onClick={() => void submit({})}>
          {t("replay.begin")}
        </Button>
      </Flex>
      <div aria-live="polite">{found && <Found found={found} name={items.find((one) => one.id === found.version)?.version ?? "—"} />}</div>
    </Card>
  );
}

function Found({ found, name }: { found: Partial<Replayed>; name: string }) {
  const { t, f } = useWords();
  const { verdict = "", differences = [], at_call, detail } = found;
  const now = objectOf<Costs>(found.cost);
  const then = objectOf<Costs>(found.recorded_cost);
  const change = (before: string, after: string) => t("replay.thenNow", { then: before, now: after });
  return (
    <Flex vertical gap={12}>
      <Descriptions
        column={1}
        size="small"
        items={[
          { key: "verdict", label: t("replay.result", { version: name }), children: <ReplayTag verdict={verdict} /> },
          { key: "cpu", label: t("plugin.cpu"), children: change(f.took(then.cpu_us ?? 0), f.took(now.cpu_us ?? 0)) },
          { key: "memory", label: t("plugin.memory"), children: change(f.bytes(then.memory_peak_bytes ?? 0), f.bytes(now.memory_peak_bytes ?? 0)) },
          { key: "calls", label: t("plugin.hostCalls"), children: change(f.number(then.host_calls ?? 0), f.number(now.host_calls ?? 0)) },
        ]}
      />
      <ComparisonShown found={{ verdict, differences, ...(at_call !== undefined && { at_call }), ...(detail && { detail }) }} />
    </Flex>
  );
}
