import { cleanup, configure, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { App, Form, Input } from "antd";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ProblemError } from "@/api/problem";
import { WordsProvider } from "@/words";
import { differing } from "./conflict";
import { useEdit } from "./edit";

// The kit's first dialog is slow on a busy machine; waiting longer costs nothing where it is quick.
const PATIENCE_MS = 60_000;
configure({ asyncUtilTimeout: PATIENCE_MS });
vi.setConfig({ testTimeout: PATIENCE_MS });
afterEach(cleanup);

interface Held {
  version: number;
  name: string;
  note: string;
  archived?: boolean;
}

const before: Held = { version: 1, name: "before", note: "" };
const theirs: Held = { version: 7, name: "theirs", note: "" };
const stale = new ProblemError({ type: "x", code: "stale", title: "Changed meanwhile", status: 412, detail: "" });
const refused = new ProblemError({ type: "x", code: "invalid", title: "Not so", status: 422, detail: "", errors: [{ field: "name", message: "Too plain" }] });

const save = vi.fn<(version: number, values: Omit<Held, "version">) => Promise<Held>>();
const read = vi.fn<() => Promise<Held>>();
const onSaved = vi.fn();

beforeEach(() => {
  save.mockReset();
  onSaved.mockReset();
  read.mockReset().mockResolvedValue(theirs);
});

function Edited() {
  const edit = useEdit<Held, Pick<Held, "name" | "note">>({ held: before, pick: ({ name, note }) => ({ name, note }), save, read, onSaved, names: { name: "Name", note: "Note" } });
  return (
    <Form form={edit.form} initialValues={edit.initial} onFinish={edit.submit}>
      {edit.alert}
      <Form.Item name="name" label="Name">
        <Input />
      </Form.Item>
      <Form.Item name="note" label="Note">
        <Input />
      </Form.Item>
      <button>Save</button>
      {edit.dialog}
    </Form>
  );
}

/** The form, with "mine" typed as the name, sent. */
function sent(typed = "mine") {
  render(
    <App>
      <WordsProvider language="en" zone="UTC">
        <Edited />
      </WordsProvider>
    </App>,
  );
  fireEvent.change(screen.getByLabelText("Name"), { target: { value: typed } });
  fireEvent.click(screen.getByText("Save"));
}

const named = () => (screen.getByLabelText("Name") as HTMLInputElement).value;
const versions = () => save.mock.calls.map(([version]) => version);

test("both versions are shown, and mine is sent over theirs", async () => {
  const stored = { version: 8, name: "mine", note: "" };
  save.mockRejectedValueOnce(stale).mockResolvedValueOnce(stored);
  sent();
  await screen.findByText("theirs");
  expect(screen.getByText("mine")).toBeDefined();
  expect(onSaved).not.toHaveBeenCalled();
  fireEvent.click(screen.getByText("Save mine"));
  await waitFor(() => expect(onSaved).toHaveBeenCalledWith(stored, "mine"));
  expect(save.mock.calls).toEqual([
    [1, { name: "mine", note: "" }],
    [7, { name: "mine", note: "" }],
  ]);
});

test("theirs is taken into the form without sending anything", async () => {
  save.mockRejectedValue(stale);
  sent();
  fireEvent.click(await screen.findByText("Take theirs"));
  await waitFor(() => expect(named()).toBe("theirs"));
  expect(onSaved).toHaveBeenCalledWith(theirs, "theirs");
  expect(versions()).toEqual([1]);
});

test("a third who was quicker than mine is shown as well, and nothing typed is lost", async () => {
  save.mockRejectedValueOnce(stale).mockRejectedValueOnce(stale).mockResolvedValueOnce({ version: 10, name: "mine", note: "" });
  sent();
  await screen.findByText("theirs");
  read.mockResolvedValue({ version: 9, name: "a third's", note: "" });
  fireEvent.click(screen.getByText("Save mine"));
  await screen.findByText("a third's");
  expect(named()).toBe("mine");
  fireEvent.click(screen.getByText("Save mine"));
  await waitFor(() => expect(onSaved).toHaveBeenCalledTimes(1));
  expect(versions()).toEqual([1, 7, 9]);
});

test("what was saved before and only its answer lost is no conflict", async () => {
  save.mockRejectedValue(stale);
  sent("theirs");
  await waitFor(() => expect(onSaved).toHaveBeenCalledWith(theirs, "mine"));
  expect(versions()).toEqual([1]);
});

test("a change of what the form does not hold is no conflict: mine goes over it", async () => {
  save.mockRejectedValueOnce(stale).mockResolvedValueOnce({ version: 3, name: "mine", note: "" });
  read.mockResolvedValue({ ...before, version: 2, archived: true });
  sent();
  await waitFor(() => expect(onSaved).toHaveBeenCalledTimes(1));
  expect(versions()).toEqual([1, 2]);
});

test("what is refused of mine stands at its field", async () => {
  save.mockRejectedValueOnce(stale).mockRejectedValueOnce(refused);
  sent();
  fireEvent.click(await screen.findByText("Save mine"));
  await screen.findByText("Too plain");
  expect(named()).toBe("mine");
});

test("nothing, empty and missing read alike", () => {
  expect(differing(["a", "b", "c"], { a: "", b: 1 }, { a: null, b: 2 }, (field) => field)).toEqual([{ field: "b", mine: "1", theirs: "2" }]);
});
