/** A segment made or changed: name, meaning, rule, and how many it is as you go. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { App, Button, Card, Form, Input, Tabs } from "antd";
import { useState } from "react";
import { answer, api, ifMatch, type Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { CursorTable } from "@/parts/CursorTable";
import { asText, differing, useConflict } from "@/parts/conflict";
import { Empty } from "@/parts/Empty";
import { LeaveGuard, useAction, useUnsaved } from "@/parts/forms";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { contactColumns } from "../contacts/columns";
import { TakeSnapshot } from "../snapshots/TakeSnapshot";
import { LiveCount } from "./LiveCount";
import { FRESH, type Condition, type Json } from "./rule";
import { RuleBuilder } from "./RuleBuilder";
import { ruleInWords } from "./ruleWords";

type Segment = Schemas["Segment"];
const route = getRouteApi("/in/audience/segments/$id");
const newRoute = getRouteApi("/in/audience/segments/new");
const FIELDS = ["name", "description", "strategy", "owner", "measure"] as const;
type Values = Record<(typeof FIELDS)[number], string>;
/** The document says only that a rule is an object. */
const asRule = (rule: Json) => rule as unknown as Record<string, never>;

export function NewSegmentPage() {
  const { snapshot } = newRoute.useSearch();
  return <Editor segment={undefined} {...(snapshot && { begin: { ...FRESH.snapshot, id: snapshot } })} />;
}

export function SegmentPage() {
  const { id } = route.useParams();
  const asked = useQuery({
    queryKey: ["segments", id],
    queryFn: () => answer(api.GET("/api/v1/segments/{id}", { params: { path: { id } } })),
  });
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Editor key={id} segment={asked.data} />;
}

function Editor({ segment, begin = FRESH.order }: { segment: Segment | undefined; begin?: Condition }) {
  const words = useWords();
  const { t } = words;
  const may = useMay();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const { run } = useAction();
  const [form] = Form.useForm<Values>();
  const [base, setBase] = useState(segment);
  const [rule, setRule] = useState<Json>(() => (segment ? (segment.rule as unknown as Json) : { all: [begin] }));
  const { dirty, setDirty, goOn } = useUnsaved();
  const [edition, setEdition] = useState(0);
  const writable = may("audience.write") && !base?.archived;

  function taken(next: Segment) {
    setBase(next);
    setDirty(false);
    queries.setQueryData(["segments", next.id], next);
    void queries.invalidateQueries({ queryKey: ["segments"], refetchType: "inactive" });
  }

  const at = { params: { path: { id: base?.id ?? "" } } };
  const { save, busy, alert, dialog } = useConflict<Segment>({
    form,
    send: (version) => {
      const body = { ...form.getFieldsValue(), rule: asRule(rule) };
      return answer(base ? api.PATCH("/api/v1/segments/{id}", { ...at, headers: ifMatch(version), body }) : api.POST("/api/v1/segments", { body }));
    },
    read: () => answer(api.GET("/api/v1/segments/{id}", at)),
    differences: (theirs) => differing([...FIELDS, "rule"], { ...form.getFieldsValue(), rule }, theirs, (field) => t(`segment.${field}`), (value, field) => (field === "rule" ? ruleInWords(value as Json, words) : asText(value))),
    taken: (held, whose) => {
      taken(held);
      // A new one has its own address from now on.
      if (!base) goOn(() => navigate({ to: "/audience/segments/$id", params: { id: held.id }, replace: true }));
      if (whose === "mine") return void message.success(t("form.saved"));
      form.setFieldsValue(held);
      setRule(held.rule as unknown as Json);
      setEdition(edition + 1);
    },
  });

  const archive = async (archived: boolean) => {
    if (!base) return;
    taken(await answer(api.PATCH("/api/v1/segments/{id}", { params: { path: { id: base.id } }, body: { archived } })));
  };
  return (
    <Page
      title={base?.name ?? t("segment.new")}
      lead={base?.archived ? t("segment.isArchived") : undefined}
      help={["segment.help.what", "segment.help.rule", "segment.help.live"]}
      terms={["segment", "snapshot", "consent", "event"]}
      actions={
        base &&
        may("audience.write") && (
          <>
            {!dirty && <TakeSnapshot segment={base} />}
            <Button onClick={() => void run(() => archive(!base.archived), t(base.archived ? "segment.restored" : "segment.archivedNow"), () => archive(base.archived))}>
              {t(base.archived ? "segment.restore" : "segment.archive")}
            </Button>
          </>
        )
      }
    >
      <LeaveGuard dirty={dirty} />
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={base}
        onValuesChange={() => setDirty(true)}
        onFinish={() => save(base?.version ?? 0)}
        disabled={busy || !writable}
      >
        {alert}
        <Card className="panel" title={t("segment.rule")}>
          <RuleBuilder
            key={edition}
            rule={rule}
            disabled={!writable}
            onChange={(next) => {
              if (JSON.stringify(next) === JSON.stringify(rule)) return;
              setRule(next);
              setDirty(true);
            }}
          />
        </Card>
        <div className="two">
          <Card className="panel" title={t("segment.about")}>
            <Form.Item name="name" label={t("segment.name")} rules={[{ required: true, message: t("form.needed") }]}>
              <Input maxLength={200} />
            </Form.Item>
            <Form.Item name="description" label={t("segment.description")}>
              <Input.TextArea rows={3} />
            </Form.Item>
            <Form.Item name="strategy" label={t("segment.strategy")} extra={t("segment.strategyHelp")}>
              <Input.TextArea rows={3} />
            </Form.Item>
            <Form.Item name="owner" label={t("segment.owner")}>
              <Input />
            </Form.Item>
            <Form.Item name="measure" label={t("segment.measure")} extra={t("segment.measureHelp")}>
              <Input />
            </Form.Item>
            {writable && (
              <Button type="primary" htmlType="submit" loading={busy} disabled={!dirty}>
                {t("form.save")}
              </Button>
            )}
          </Card>
          <LiveCount rule={rule} />
        </div>
      </Form>
      {segment && base && !dirty && <Tabs items={[{ key: "people", label: t("segment.people"), children: <People id={base.id} version={base.version} /> }]} />}
      {dialog}
    </Page>
  );
}

function People({ id, version }: { id: string; version: number }) {
  const words = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <CursorTable<Schemas["Contact"]>
      name="segment"
      label={words.t("segment.people")}
      columns={contactColumns(words)}
      rowKey={(row) => row.id}
      of={["segments", id, "contacts", version]}
      page={(cursor, limit) => answer(api.GET("/api/v1/segments/{id}/contacts", { params: { path: { id }, query: { cursor, limit } } }))}
      at={search}
      onMove={(at) => void navigate({ search: at })}
      empty={<Empty title={words.t("segment.nobody")} what={words.t("segment.nobodyWhat")} />}
    />
  );
}
