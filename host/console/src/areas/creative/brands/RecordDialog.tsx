/** A small record made or changed in a dialog. */
import type { ReactNode } from "react";
import { EditDialog, useEdit, useMake } from "@/parts/edit";

interface Making<Row, Values extends object> {
  title: string;
  start: Values;
  children: ReactNode;
  save: (values: Values, version: number) => Promise<Row>;
  onClose: () => void;
}

interface Changing<Row, Values extends object> extends Making<Row, Values> {
  row: Row;
  pick: (row: Row) => Values;
  names: Record<keyof Values & string, string>;
  show?: (field: keyof Values & string, value: unknown) => string | undefined;
  /** The record as it is now, after somebody else was quicker. */
  reload: () => Promise<Row>;
}

export function RecordDialog<Row extends { version: number }, Values extends object>({ row, ...rest }: Omit<Changing<Row, Values>, "row"> & { row: Row | undefined }) {
  return row ? <Change row={row} {...rest} /> : <Make {...rest} />;
}

function Make<Row, Values extends object>({ title, start, children, save, onClose }: Making<Row, Values>) {
  const making = useMake<Values>(start, async (values) => {
    await save(values, 0);
    return onClose;
  });
  return (
    <EditDialog of={making} title={title} onClose={onClose}>
      {children}
    </EditDialog>
  );
}

function Change<Row extends { version: number }, Values extends object>({ title, row, children, save, reload, onClose, ...rest }: Changing<Row, Values>) {
  const edit = useEdit<Row, Values>({ ...rest, held: row, save: (version, values) => save(values, version), read: reload, onSaved: (_, whose) => whose === "mine" && onClose() });
  return (
    <EditDialog of={edit} title={title} onClose={onClose}>
      {children}
    </EditDialog>
  );
}
