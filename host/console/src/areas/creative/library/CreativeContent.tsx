/** What a creative is, to be changed: saved against its version. */
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form } from "antd";
import { useState } from "react";
import { answer, api, ifMatch } from "@/api/client";
import { ProblemError } from "@/api/problem";
import { ConflictDialog, LeaveGuard, useAction, useSubmit } from "@/parts/forms";
import { useWords } from "@/words";
import { creativeQuery } from "../questions";
import { CreativeFields } from "./CreativeFields";
import { SEVERAL, SINGLE, type Creative } from "./words";

const FIELDS = ["title", "kind", "origin", "description", "body", "link", ...SINGLE, ...SEVERAL] as const;
type Values = Pick<Creative, (typeof FIELDS)[number]>;

const pick = (creative: Creative): Values => Object.fromEntries(FIELDS.map((field) => [field, creative[field]])) as Values;

export function CreativeContent({ creative }: { creative: Creative }) {
  const { t } = useWords();
  const [form] = Form.useForm<Values>();
  const [dirty, setDirty] = useState(false);
  const [base, setBase] = useState(creative);
  const [theirs, setTheirs] = useState<Creative>();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const { failed } = useAction();

  function taken(next: Creative) {
    setBase(next);
    setDirty(false);
    setTheirs(undefined);
    queries.setQueryData(creativeQuery(creative.id).queryKey, next);
  }

  async function send(version: number, body: Values) {
    taken(await answer(api.PATCH("/api/v1/creatives/{id}", { params: { path: { id: creative.id } }, headers: ifMatch(version), body })));
    void queries.invalidateQueries({ queryKey: ["creatives"], refetchType: "inactive" });
    void message.success(t("form.saved"));
  }

  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    try {
      await send(base.version, values);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 412) throw error;
      setTheirs(await answer(api.GET("/api/v1/creatives/{id}", { params: { path: { id: creative.id } } })));
    }
  });
  const mine: Partial<Values> = theirs ? form.getFieldsValue() : {};

  return (
    <>
      <LeaveGuard dirty={dirty} />
      <Form<Values> form={form} layout="vertical" initialValues={pick(base)} onValuesChange={() => setDirty(true)} onFinish={(values) => void submit(values)} disabled={busy} scrollToFirstError>
        {alert}
        <CreativeFields fresh={false} />
        <Button type="primary" htmlType="submit" loading={busy} disabled={!dirty}>
          {t("form.save")}
        </Button>
      </Form>
      <ConflictDialog
        open={theirs !== undefined}
        differences={FIELDS.flatMap((field) => {
          const [left, right] = [mine[field] ?? "", theirs?.[field] ?? ""];
          return left === right ? [] : [{ field: t(`creative.field.${field}`), mine: left || "—", theirs: right || "—" }];
        })}
        onTheirs={() => {
          if (!theirs) return;
          form.setFieldsValue(pick(theirs));
          taken(theirs);
        }}
        onMine={() => {
          if (!theirs) return;
          setTheirs(undefined);
          void send(theirs.version, form.getFieldsValue()).catch(failed);
        }}
      />
    </>
  );
}
