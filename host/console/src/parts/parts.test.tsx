import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { forgetDrafts, useDraft } from "./draft";
import { taken } from "./keys";

afterEach(() => {
  cleanup();
  sessionStorage.clear();
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
