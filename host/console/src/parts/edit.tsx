/** Changing a record against its version: saved once, and both versions shown where somebody was quicker. */
import { App, type FormInstance } from "antd";
import { useState, type ReactNode } from "react";
import { ProblemError } from "@/api/problem";
import { useWords } from "@/words";
import { ConflictDialog, useAction, useSubmit, type Difference } from "./forms";

interface Edit<Held extends { version: number }, Values extends object> {
  form: FormInstance<Values>;
  held: Held;
  /** What of the record the form holds. */
  pick: (held: Held) => Values;
  save: (version: number, values: Values) => Promise<Held>;
  /** The record as it is now, after somebody else was quicker. */
  read: () => Promise<Held>;
  onSaved: (next: Held) => void;
  /** What each field is called. */
  names: Record<keyof Values & string, string>;
  /** A value as people read it, where its text is not enough. */
  show?: (field: keyof Values & string, value: unknown) => string | undefined;
}

export function useEdit<Held extends { version: number }, Values extends object>(edit: Edit<Held, Values>) {
  const { form, held, pick, save, read, onSaved, names, show } = edit;
  const { t } = useWords();
  const { message } = App.useApp();
  const { failed } = useAction();
  const [base, setBase] = useState(held);
  const [dirty, setDirty] = useState(false);
  const [theirs, setTheirs] = useState<Held>();

  function take(next: Held) {
    setBase(next);
    setDirty(false);
    setTheirs(undefined);
    onSaved(next);
  }

  async function send(version: number, values: Values) {
    take(await save(version, values));
    void message.success(t("form.saved"));
  }

  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    try {
      await send(base.version, values);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 412) throw error;
      setTheirs(await read());
    }
  });

  function differences(other: Values): Difference[] {
    const mine: Partial<Values> = form.getFieldsValue();
    const text = (field: keyof Values & string, value: unknown) => show?.(field, value) ?? plain(value);
    const fields = Object.keys(names) as (keyof Values & string)[];
    return fields
      .map((field) => ({ field: names[field], mine: text(field, mine[field]), theirs: text(field, other[field]) }))
      .filter((one) => one.mine !== one.theirs);
  }

  const dialog: ReactNode = (
    <ConflictDialog
      open={theirs !== undefined}
      differences={theirs ? differences(pick(theirs)) : []}
      onTheirs={() => {
        if (!theirs) return;
        form.setFieldsValue(pick(theirs) as never);
        take(theirs);
      }}
      onMine={() => {
        if (!theirs) return;
        setTheirs(undefined);
        void send(theirs.version, form.getFieldsValue()).catch(failed);
      }}
    />
  );
  return { busy, dirty, alert, dialog, initial: pick(base), touch: () => setDirty(true), submit: (values: Values) => void submit(values) };
}

function plain(value: unknown): string {
  if (value === undefined || value === null || value === "") return "—";
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}
