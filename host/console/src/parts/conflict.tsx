/**
 * Saving against a version, for every form that edits: where somebody was
 * quicker (412), both versions stand side by side, and nothing more is sent
 * until the person has chosen.
 */
import { useState, type ReactNode } from "react";
import { ProblemError } from "@/api/problem";
import { ConflictDialog, useAction, type Difference } from "./forms";

interface Editing<Held> {
  /** Send what was typed over this version. */
  send: (version: number) => Promise<Held>;
  /** What the API holds now. */
  read: () => Promise<Held>;
  /** What was typed beside what they saved. */
  differences: (theirs: Held) => Difference[];
  /** The record as it is from now on; where it is theirs, the form has to show it. */
  taken: (held: Held, whose: "mine" | "theirs") => void;
}

export function useConflict<Held extends { version: number }>(editing: Editing<Held>): { save: (version: number) => Promise<void>; dialog: ReactNode } {
  const { failed } = useAction();
  const [both, setBoth] = useState<{ theirs: Held; differences: Difference[] }>();

  async function save(version: number) {
    try {
      editing.taken(await editing.send(version), "mine");
    } catch (error) {
      if (!(error instanceof ProblemError) || error.status !== 412) throw error;
      const theirs = await editing.read();
      const differences = editing.differences(theirs);
      // Saved before and the answer was lost: there is nothing to choose.
      if (differences.length === 0) editing.taken(theirs, "mine");
      else setBoth({ theirs, differences });
    }
  }

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
        if (both) void save(both.theirs.version).catch(failed);
      }}
    />
  );
  return { save, dialog };
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
