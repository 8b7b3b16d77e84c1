/** A small record made or changed in a dialog; against a newer version both are shown. */
import { Form, Modal } from "antd";
import { useRef, useState, type ReactNode } from "react";
import { ProblemError } from "@/api/problem";
import { ConflictDialog, useSubmit } from "@/parts/forms";
import { useWords } from "@/words";

interface Props<Row extends { version: number }, Values extends object> {
  title: string;
  row: Row | undefined;
  start: Values;
  fields: { name: keyof Values & keyof Row & string; label: string }[];
  children: ReactNode;
  save: (values: Values, version: number) => Promise<unknown>;
  /** The record as it is now, after somebody else was quicker. */
  reload: () => Promise<Row | undefined>;
  onClose: () => void;
}

export function RecordDialog<Row extends { version: number }, Values extends object>({ title, row, start, fields, children, save, reload, onClose }: Props<Row, Values>) {
  const { t } = useWords();
  const [form] = Form.useForm<Values>();
  const [theirs, setTheirs] = useState<Row>();
  const version = useRef(row?.version ?? 0);
  const { busy, submit, alert } = useSubmit(form, async (values: Values) => {
    try {
      await save(values, version.current);
      onClose();
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 412) throw error;
      setTheirs(await reload());
    }
  });
  const mine = theirs ? form.getFieldsValue() : undefined;
  const shown = (value: unknown) => (typeof value === "string" && value !== "" ? value : "—");
  return (
    <>
      <Modal open title={title} onCancel={onClose} onOk={() => form.submit()} okText={t(row ? "form.save" : "form.create")} cancelText={t("form.cancel")} confirmLoading={busy} destroyOnHidden>
        {alert}
        <Form<Values> form={form} layout="vertical" initialValues={start} onFinish={(values) => void submit(values)} disabled={busy}>
          {children}
        </Form>
      </Modal>
      <ConflictDialog
        open={theirs !== undefined}
        differences={fields.flatMap(({ name, label }) => {
          const [left, right] = [shown(mine?.[name]), shown(theirs?.[name])];
          return left === right ? [] : [{ field: label, mine: left, theirs: right }];
        })}
        onTheirs={() => {
          if (theirs) form.setFieldsValue(theirs as never);
          version.current = theirs?.version ?? 0;
          setTheirs(undefined);
        }}
        onMine={() => {
          version.current = theirs?.version ?? 0;
          setTheirs(undefined);
          form.submit();
        }}
      />
    </>
  );
}
