import { act, cleanup, configure, fireEvent, render, renderHook, screen, waitFor } from "@testing-library/react";
import { App } from "antd";
import { afterEach, expect, test, vi } from "vitest";
import { ProblemError } from "@/api/problem";
import { WordsProvider } from "@/words";
import { differing, useConflict } from "./conflict";
import { forgetDrafts, useDraft } from "./draft";
import { taken } from "./keys";

// The kit's first dialog is slow on a busy machine; waiting longer costs nothing where it is quick.
const PATIENCE_MS = 60_000;
configure({ asyncUtilTimeout: PATIENCE_MS });
vi.setConfig({ testTimeout: PATIENCE_MS });

afterEach(() => {
  cleanup();
  sessionStorage.clear();
});

interface Held {
  version: number;
  name: string;
}

const stale = new ProblemError({ type: "x", code: "stale", title: "Changed meanwhile", status: 412, detail: "" });

function Form({ send, onTaken, typed = "mine" }: { send: (version: number) => Promise<Held>; onTaken: (held: Held, whose: string) => void; typed?: string }) {
  const { save, dialog } = useConflict<Held>({
    send,
    read: async () => ({ version: 7, name: "theirs" }),
    differences: (theirs) => differing(["name"], { name: typed }, theirs, (field) => field),
    taken: onTaken,
  });
  return (
    <>
      <button onClick={() => void save(1)}>{typed}</button>
      {dialog}
    </>
  );
}

function show(send: (version: number) => Promise<Held>, typed?: string) {
  const onTaken = vi.fn();
  render(
    <App>
      <WordsProvider language="en" zone="UTC">
        <Form send={send} onTaken={onTaken} {...(typed && { typed })} />
      </WordsProvider>
    </App>,
  );
  fireEvent.click(screen.getAllByRole("button")[0] as HTMLElement);
  return onTaken;
}

test("a conflict shows both versions; mine is sent over theirs", async () => {
  const send = vi.fn().mockRejectedValueOnce(stale).mockResolvedValueOnce({ version: 8, name: "mine" });
  const onTaken = show(send);
  await screen.findByText("theirs");
  expect(onTaken).not.toHaveBeenCalled();
  fireEvent.click(screen.getByText("Save mine"));
  await waitFor(() => expect(onTaken).toHaveBeenCalledWith({ version: 8, name: "mine" }, "mine"));
  expect(send.mock.calls).toEqual([[1], [7]]);
});

test("theirs is taken without sending anything", async () => {
  const send = vi.fn().mockRejectedValue(stale);
  const onTaken = show(send);
  await screen.findByText("theirs");
  fireEvent.click(screen.getByText("Take theirs"));
  expect(onTaken).toHaveBeenCalledWith({ version: 7, name: "theirs" }, "theirs");
  expect(send).toHaveBeenCalledTimes(1);
});

test("what was saved before and only its answer lost is no conflict", async () => {
  const onTaken = show(vi.fn().mockRejectedValue(stale), "theirs");
  await waitFor(() => expect(onTaken).toHaveBeenCalledWith({ version: 7, name: "theirs" }, "mine"));
});

test("nothing, empty and missing read alike", () => {
  expect(differing(["a", "b", "c"], { a: "", b: 1 }, { a: null, b: 2 }, (field) => field)).toEqual([{ field: "b", mine: "1", theirs: "2" }]);
});

test("a draft outlives the page, and not the person", () => {
  const first = renderHook(() => useDraft<{ name: string; zone: string }>("start"));
  act(() => first.result.current[1]({ name: "Tea" }));
  act(() => first.result.current[1]({ zone: "Asia/Shanghai" }));
  const second = renderHook(() => useDraft<{ name: string; zone: string }>("start"));
  expect(second.result.current[0]).toEqual({ name: "Tea", zone: "Asia/Shanghai" });
  forgetDrafts();
  expect(renderHook(() => useDraft("start")).result.current[0]).toEqual({});
});

test("single keys leave those alone who type or answer a dialog", () => {
  const field = document.createElement("input");
  const plain = document.createElement("div");
  const key = { ctrlKey: false, metaKey: false, altKey: false };
  expect(taken({ ...key, target: field })).toBe(true);
  expect(taken({ ...key, target: plain })).toBe(false);
  expect(taken({ ...key, ctrlKey: true, target: plain })).toBe(true);
});
