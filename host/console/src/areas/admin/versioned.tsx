/** A record saved against its version: where somebody was quicker, both are shown and a person chooses. */
import { App, type FormInstance } from "antd";
import { useState } from "react";
import { ProblemError } from "@/api/problem";
import { ConflictDialog, useAction, useSubmit } from "@/parts/forms";
import { useWords } from "@/words";

interface Versioned<R, V> {
  record: R;
  form: FormInstance<V>;
  /** The record as the form holds it. */
  values: (record: R) => V;
  /** What each field is called where both versions are shown. */
  names: Partial<Record<keyof V & string, string>>;
  read: () => Promise<R>;
  save: (values: V, version: number) => Promise<R>;
  onSaved: (record: R) => void;
}

export function useVersioned<R extends { version: number }, V extends object>(what: Versioned<R, V>) {
  const { t } = useWords();
  const { form, values, names, read, save, onSaved } = what;
  const [base, setBase] = useState(what.record);
  const [theirs, setTheirs] = useState<R>();
  const { message } = App.useApp();
  const { failed } = useAction();

  async function send(next: V, version: number) {
    const saved = await save(next, version);
    setBase(saved);
    onSaved(saved);
    void message.success(t("form.saved"));
  }

  const { busy, submit, alert } = useSubmit(form, async (next: V) => {
    try {
      await send(next, base.version);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 412) throw error;
      setTheirs(await read());
    }
  });

  const other = theirs && values(theirs);
  const mine = other ? form.getFieldsValue() : {};
  const fields = Object.keys(names) as (keyof V & string)[];
  const conflict = (
    <ConflictDialog
      open={theirs !== undefined}
      differences={
        other
          ? fields.filter((field) => shown((mine as V)[field]) !== shown(other[field])).map((field) => ({ field: names[field] ?? field, mine: shown((mine as V)[field]), theirs: shown(other[field]) }))
          : []
      }
      onTheirs={() => {
        if (!theirs) return;
        setBase(theirs);
        form.setFieldsValue(values(theirs) as never);
        onSaved(theirs);
        setTheirs(undefined);
      }}
      onMine={() => {
        if (!theirs) return;
        setTheirs(undefined);
        void send(form.getFieldsValue(), theirs.version).catch(failed);
      }}
    />
  );
  return { base, busy, submit, alert, conflict };
}

function shown(value: unknown): string {
  if (value === undefined || value === null || value === "") return "—";
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}
