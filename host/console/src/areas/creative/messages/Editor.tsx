/** The message editor with its preview; the heavy part of the area, loaded when a message is opened. */
import { getRouteApi } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Card, Flex, Form, Input } from "antd";
import { useEffect, useState } from "react";
import { answer, api, ifMatch } from "@/api/client";
import { ProblemError } from "@/api/problem";
import { useConflict } from "@/parts/conflict";
import { Empty } from "@/parts/Empty";
import { Wall } from "@/parts/Fault";
import { LeaveGuard } from "@/parts/forms";
import { useWords } from "@/words";
import { messageQuery } from "../questions";
import { differing, mistakesOf, withPart, without, type Contents, type Message } from "./contents";
import { Languages } from "./Languages";
import { MailParts } from "./MailParts";
import { OtherParts } from "./OtherParts";
import { Preview } from "./Preview";
import { usePreview } from "./usePreview";

const route = getRouteApi("/in/creative/messages/$id");

interface Draft {
  name: string;
  contents: Contents;
}

const same = (a: Draft, b: Draft) => a.name === b.name && differing(a.contents, b.contents).length === 0 && Object.keys(a.contents).length === Object.keys(b.contents).length;

export default function Editor({ message, writable }: { message: Message; writable: boolean }) {
  const { t, code, language: spoken } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const { message: toast } = App.useApp();
  const [base, setBase] = useState(message);
  const [draft, setDraft] = useState<Draft>(message);
  const dirty = !same(draft, base);
  // Put away or brought back beside the editor: only the version moved on.
  if (message.version > base.version && same(message, base)) setBase(message);

  const languages = Object.keys(draft.contents).sort();
  const at = languages.find((one) => one === search.lang) ?? languages.find((one) => one === spoken) ?? languages[0] ?? spoken;
  const parts = draft.contents[at] ?? {};
  const empty = Object.keys(parts).length === 0;
  const unsaved = JSON.stringify(parts) === JSON.stringify(base.contents[at] ?? {}) ? undefined : parts;
  const preview = usePreview({ message: base.id, version: base.version, language: at, parts: unsaved, contact: search.contact });
  const refused = preview.error instanceof ProblemError ? mistakesOf(preview.error.problem.errors ?? [], at) : {};
  const mistakes = empty ? {} : refused;
  const change = (contents: Contents) => setDraft({ ...draft, contents });
  const go = (lang: string) => void navigate({ search: (old) => ({ ...old, lang }), replace: true });

  const path = { params: { path: { id: base.id } } };
  const { save, busy, alert, dialog } = useConflict<Message>({
    send: async (version) => {
      const next = await answer(api.PATCH("/api/v1/messages/{id}", { ...path, headers: ifMatch(version), body: { name: draft.name, contents: draft.contents } }));
      // What was typed while it was being sent stays typed.
      setDraft((now) => (now === draft ? next : now));
      return next;
    },
    read: () => answer(api.GET("/api/v1/messages/{id}", path)),
    differences: (theirs) => [
      ...(theirs.name === draft.name ? [] : [{ field: t("message.name"), mine: draft.name, theirs: theirs.name }]),
      ...differing(draft.contents, theirs.contents).map((one) => ({ field: `${one.language}: ${code("message.part", one.part)}`, mine: one.mine || "—", theirs: one.theirs || "—" })),
    ],
    touched: (theirs) => !same(theirs, base),
    taken: (next, whose) => {
      setBase(next);
      if (whose === "theirs") setDraft(next);
      else void toast.success(t("form.saved"));
      queries.setQueryData(messageQuery(next.id).queryKey, next);
      void queries.invalidateQueries({ queryKey: ["messages"], refetchType: "inactive" });
    },
  });
  const submit = () => save(base.version);

  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      if (dirty && !busy && writable) submit();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  });

  const shared = { parts, mistakes, onPart: (part: string, value: string) => change(withPart(draft.contents, at, part, value)), disabled: !writable };
  return (
    <>
      <LeaveGuard dirty={dirty} />
      {alert}
      <Flex justify="space-between" align="center" gap={8} wrap className="table-tools">
        <Languages
          known={languages}
          at={at}
          onAt={go}
          disabled={!writable}
          onAdd={(lang) => {
            change({ ...draft.contents, [lang]: { ...parts } });
            go(lang);
          }}
          onRemove={(lang) => change(without(draft.contents, lang))}
        />
        {writable && (
          <Button type="primary" loading={busy} disabled={!dirty} onClick={submit} title={t("message.saveKeys")}>
            {t("form.save")}
          </Button>
        )}
      </Flex>
      <div className="message-editor">
        <Form layout="vertical" component="div">
          <Form.Item label={t("message.name")} htmlFor="message-name" extra={t("message.nameHelp")}>
            <Input id="message-name" maxLength={200} disabled={!writable} value={draft.name} onChange={(event) => setDraft({ ...draft, name: event.target.value })} />
          </Form.Item>
          {/* Fresh for each language: what is open in one is not open in another. */}
          {base.channel === "email" ? <MailParts key={at} {...shared} onBody={(body) => change({ ...draft.contents, [at]: { ...bodiless(parts), ...body } })} /> : <OtherParts key={at} channel={base.channel} {...shared} />}
        </Form>
        <Card size="small" className="preview-card" title={t("message.preview")}>
          {empty ? <Empty title={t("message.previewEmpty")} /> : <Wall><Preview {...preview} atFields={Object.keys(mistakes).length > 0} /></Wall>}
        </Card>
      </div>
      {dialog}
    </>
  );
}

/** The parts without a body. */
function bodiless({ mjml: _mjml, html: _html, ...rest }: Contents[string]): Contents[string] {
  return rest;
}
