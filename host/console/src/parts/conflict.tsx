/**
 * Saving against a version, for everything that is edited: where somebody was
 * quicker (412), both versions stand side by side, and nothing more is sent
 * until the person has chosen.
 */
import { Button, Modal, Typography, type FormInstance } from "antd";
import { useState, type ReactNode } from "react";
import { ProblemError } from "@/api/problem";
import { useWords } from "@/words";
import { useSubmit } from "./forms";

export interface Difference {
  field: string;
  mine: string;
  theirs: string;
}

interface Editing<Held> {
  /** The form whose fields show what was refused, where there is one. */
  form?: FormInstance;
  /** Send what was typed over this version. */
  send: (version: number) => Promise<Held>;
  /** What the API holds now. */
  read: () => Promise<Held>;
  /** What was typed beside what they saved. */
  differences: (theirs: Held) => Difference[];
  /** Whether they changed anything of what is edited here: where only the rest of the record moved on, there is nothing to choose. */
  touched?: (theirs: Held) => boolean;
  /** The record as it is from now on; where it is theirs, the form has to show it. */
  taken: (held: Held, whose: "mine" | "theirs") => void;
}

export function useConflict<Held extends { version: number }>(editing: Editing<Held>) {
  const [both, setBoth] = useState<{ theirs: Held; differences: Difference[] }>();

  async function over(version: number): Promise<void> {
    try {
      editing.taken(await editing.send(version), "mine");
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 412) throw error;
      const theirs = await editing.read();
      const differences = editing.differences(theirs);
      // Saved before and the answer was lost: there is nothing to choose.
      if (differences.length === 0) editing.taken(theirs, "mine");
      else if (theirs.version !== version && editing.touched?.(theirs) === false) await over(theirs.version);
      else setBoth({ theirs, differences });
    }
  }
  const { submit, busy, alert, refused } = useSubmit<{ version: number }>(editing.form, ({ version }) => over(version));

  const dialog = (
    <ConflictDialog
      open={both !== undefined}
      differences={both?.differences ?? []}
      onTheirs={() => {
        if (both) editing.taken(both.theirs, "theirs");
        setBoth(undefined);
      }}
      onMine={() => {
        setBoth(undefined);
        if (both) void submit({ version: both.theirs.version });
      }}
    />
  );
  return { save: (version: number) => void submit({ version }), busy, alert, refused, dialog };
}

/** The fields in which two versions differ, each shown as people read it. */
export function differing<Field extends string>(
  fields: readonly Field[],
  mine: Partial<Record<Field, unknown>>,
  theirs: Partial<Record<Field, unknown>>,
  name: (field: Field) => string,
  show: (value: unknown, field: Field) => string = asText,
): Difference[] {
  return fields.flatMap((field) => {
    const [left, right] = [show(mine[field], field), show(theirs[field], field)];
    return left === right ? [] : [{ field: name(field), mine: left, theirs: right }];
  });
}

/** Nothing, an empty text and a missing field read alike. */
export function asText(value: unknown): string {
  if (value === undefined || value === null || value === "") return "—";
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}

function ConflictDialog({ open, differences, onMine, onTheirs }: { open: boolean; differences: Difference[]; onMine: () => void; onTheirs: () => void }): ReactNode {
  const { t } = useWords();
  return (
    <Modal
      open={open}
      title={t("conflict.title")}
      closable={false}
      mask={{ closable: false }}
      width={720}
      destroyOnHidden
      footer={[
        <Button key="theirs" onClick={onTheirs}>
          {t("conflict.takeTheirs")}
        </Button>,
        <Button key="mine" type="primary" onClick={onMine}>
          {t("conflict.keepMine")}
        </Button>,
      ]}
    >
      <Typography.Paragraph>{t("conflict.lead")}</Typography.Paragraph>
      <table className="conflict">
        <thead>
          <tr>
            <th scope="col">{t("conflict.field")}</th>
            <th scope="col">{t("conflict.mine")}</th>
            <th scope="col">{t("conflict.theirs")}</th>
          </tr>
        </thead>
        <tbody>
          {differences.map((one) => (
            <tr key={one.field}>
              <th scope="row">{one.field}</th>
              <td className="plain">{one.mine}</td>
              <td className="plain">{one.theirs}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}
