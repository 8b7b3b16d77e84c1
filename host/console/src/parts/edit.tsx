/** A record made or changed by a form, on its page or in a dialog. */
import { App, Button, Flex, Form, Modal, type FormInstance } from "antd";
import { useId, useState, type ReactNode } from "react";
import { useWords } from "@/words";
import { asText, differing, useConflict, type Difference } from "./conflict";
import { LeaveGuard, useSubmit, useUnsaved } from "./forms";

interface Edit<Held extends { version: number }, Values extends object> {
  held: Held;
  /** What of the record the form holds. */
  pick: (held: Held) => Values;
  save: (version: number, values: Values) => Promise<Held>;
  /** The record as it is now, after somebody else was quicker. */
  read: () => Promise<Held>;
  onSaved: (next: Held, whose: "mine" | "theirs") => void;
  /** What each field is called; what is not named here is not compared. */
  names?: Partial<Record<keyof Values & string, string>>;
  /** A value as people read it, where its text is not enough. */
  show?: (field: keyof Values & string, value: unknown) => string | undefined;
  /** Instead of `names`, where what is compared lies deeper than the fields. */
  differences?: (mine: Values, theirs: Values) => Difference[];
}

/** What EditForm and EditDialog draw. */
interface Filling<Values> {
  form: FormInstance<Values>;
  initial: Partial<Values>;
  /** Of a record that is not there yet. */
  fresh: boolean;
  busy: boolean;
  dirty: boolean;
  alert: ReactNode;
  dialog?: ReactNode;
  touch: () => void;
  submit: (values: Values) => void;
}

/** Change a record against its version; where somebody was quicker, both are shown. */
export function useEdit<Held extends { version: number }, Values extends object>(edit: Edit<Held, Values>): Filling<Values> & { base: Held } {
  const { held, pick, show, onSaved } = edit;
  const { t } = useWords();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const [base, setBase] = useState(held);
  const [dirty, setDirty] = useState(false);
  const names: NonNullable<typeof edit.names> = edit.names ?? {};
  const fields = Object.keys(names) as (keyof Values & string)[];
  const between = (mine: Values, theirs: Held) =>
    edit.differences?.(mine, pick(theirs)) ?? differing(fields, mine, pick(theirs), (field) => names[field] ?? field, (value, field) => show?.(field, value) ?? asText(value));
  const { save, ...rest } = useConflict<Held>({
    form,
    send: (version) => edit.save(version, form.getFieldsValue()),
    read: edit.read,
    // What the form does not show at the moment is as it was.
    differences: (theirs) => between({ ...pick(base), ...form.getFieldsValue() }, theirs),
    touched: (theirs) => between(pick(base), theirs).length > 0,
    taken: (next, whose) => {
      setBase(next);
      setDirty(false);
      form.setFieldsValue(pick(next) as never);
      if (whose === "mine") void message.success(t("form.saved"));
      onSaved(next, whose);
    },
  });
  return { ...rest, form, base, initial: pick(base), fresh: false, dirty, touch: () => setDirty(true), submit: () => save(base.version) };
}

/** Make a record; `make` answers how to go on from there, if there is anywhere to go. */
export function useMake<Values extends object>(initial: Partial<Values>, make: (values: Values) => Promise<(() => unknown) | undefined>): Filling<Values> {
  const [form] = Form.useForm<Values>();
  const { dirty, setDirty, goOn } = useUnsaved();
  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    const go = await make(values);
    if (go) goOn(go);
  });
  return { form, initial, fresh: true, busy, dirty, alert, touch: () => setDirty(true), submit: (values) => void submit(values) };
}

interface FormProps<Values> {
  of: Filling<Values>;
  children: ReactNode;
  /** Somebody who may not save sees the fields, and no button. */
  writable?: boolean;
  /** What the button says. */
  label?: string;
  /** Buttons beside it. */
  beside?: ReactNode;
  requiredMark?: boolean;
  className?: string;
}

export function EditForm<Values extends object>({ of, children, writable = true, label, beside, ...rest }: FormProps<Values>) {
  const { t } = useWords();
  return (
    <>
      <LeaveGuard dirty={of.dirty} />
      <Form<Values> form={of.form} layout="vertical" initialValues={of.initial} onValuesChange={of.touch} onFinish={of.submit} disabled={of.busy || !writable} scrollToFirstError {...rest}>
        {of.alert}
        {children}
        {writable && (
          <Flex gap={8}>
            <Button type="primary" htmlType="submit" loading={of.busy} disabled={!of.fresh && !of.dirty}>
              {label ?? t(of.fresh ? "form.create" : "form.save")}
            </Button>
            {beside}
          </Flex>
        )}
      </Form>
      {of.dialog}
    </>
  );
}

interface DialogProps<Values> {
  of: Filling<Values>;
  title: string;
  /** What the button says. */
  label?: string;
  width?: number;
  onClose: () => void;
  children: ReactNode;
}

export function EditDialog<Values extends object>({ of, title, label, width, onClose, children }: DialogProps<Values>) {
  const { t } = useWords();
  const id = useId();
  return (
    <>
      <Modal
        open
        title={title}
        {...(width && { width })}
        onCancel={onClose}
        okText={label ?? t(of.fresh ? "form.create" : "form.save")}
        cancelText={t("form.cancel")}
        // The button stands outside of the form and is the form's all the same, so that Enter sends it.
        okButtonProps={{ htmlType: "submit", form: id, disabled: !of.fresh && !of.dirty }}
        confirmLoading={of.busy}
        mask={{ closable: !of.dirty }}
      >
        {of.alert}
        <Form<Values> id={id} form={of.form} layout="vertical" initialValues={of.initial} onValuesChange={of.touch} onFinish={of.submit} disabled={of.busy}>
          {children}
        </Form>
      </Modal>
      {of.dialog}
    </>
  );
}
