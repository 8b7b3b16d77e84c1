/** What every form shares: refusals at their fields, "done", leaving with unsaved words. */
import { useBlocker } from "@tanstack/react-router";
import { App, Button, Modal } from "antd";
import type { FormInstance } from "antd";
import { useEffect, useState, type ReactNode } from "react";
import { namePath, ProblemError } from "@/api/problem";
import { useWords } from "@/words";
import { ProblemAlert } from "./ProblemAlert";

/** Send a form: field errors go to the fields that exist, the rest above the form. */
export function useSubmit<Values extends object>(form: FormInstance<Values> | undefined, send: (values: Values) => Promise<unknown>) {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<unknown>();
  const [shown, setShown] = useState<string[]>([]);

  async function submit(values: Values): Promise<boolean> {
    setBusy(true);
    setRefused(undefined);
    try {
      await send(values);
      return true;
    } catch (error) {
      setRefused(error);
      setShown(form && error instanceof ProblemError ? layOn(form, error) : []);
      return false;
    } finally {
      setBusy(false);
    }
  }

  const alert: ReactNode = refused === undefined ? null : <ProblemAlert error={refused} shown={shown} />;
  return { busy, submit, alert, refused, clear: () => setRefused(undefined) };
}

function layOn<Values extends object>(form: FormInstance<Values>, error: ProblemError): string[] {
  const shown: string[] = [];
  for (const one of error.problem.errors ?? []) {
    const name = namePath(one.field);
    if (form.getFieldInstance(name as never) === undefined) continue;
    form.setFields([{ name: name as never, errors: [one.message] }]);
    shown.push(one.field);
  }
  return shown;
}

/** Ask before a page with unsaved words is left, by a link, by "back" or by closing the tab. */
export function LeaveGuard({ dirty }: { dirty: boolean }) {
  const { t } = useWords();
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });
  const open = blocker.status === "blocked";
  return (
    <Modal
      open={open}
      title={t("form.leave")}
      onCancel={() => blocker.reset?.()}
      onOk={() => blocker.proceed?.()}
      okText={t("form.leaveGo")}
      cancelText={t("form.stay")}
      okButtonProps={{ danger: true }}
    >
      {t("form.leaveWhat")}
    </Modal>
  );
}

/** Whether something was typed and not sent, and how to go on from there: once the guard has heard that nothing is unsaved any more. */
export function useUnsaved() {
  const [typed, setDirty] = useState(false);
  const [next, setNext] = useState<() => unknown>();
  useEffect(() => void next?.(), [next]);
  return { dirty: typed && next === undefined, setDirty, goOn: (go: () => unknown) => setNext(() => go) };
}

/** Ask first, do it, and say that it is done or what stood against it. */
export function useAction() {
  const { t } = useWords();
  const { modal, message, notification } = App.useApp();

  function failed(error: unknown) {
    notification.error({ title: t("error.title"), description: <ProblemAlert error={error} />, duration: 0 });
  }

  return {
    failed,
    /** Do something that needs no question; `undo` offers the way back for a while. */
    async run(what: () => Promise<unknown>, done: string, undo?: () => Promise<unknown>): Promise<boolean> {
      try {
        await what();
      } catch (error) {
        failed(error);
        return false;
      }
      if (!undo) void message.success(done);
      else {
        const key = `undo-${String(performance.now())}`;
        const back = async () => {
          notification.destroy(key);
          await undo().catch(failed);
        };
        notification.success({
          key,
          title: done,
          duration: 8,
          actions: (
            <Button size="small" onClick={() => void back()}>
              {t("form.undo")}
            </Button>
          ),
        });
      }
      return true;
    },
    /** Do something that cannot be taken back, after a plain question. `no` names the other choice where "Cancel" would say the same. */
    ask(title: string, what: ReactNode, ok: string, act: () => Promise<unknown>, danger = true, no = t("form.cancel")) {
      modal.confirm({
        title,
        content: what,
        okText: ok,
        cancelText: no,
        okButtonProps: { danger },
        onOk: async () => {
          try {
            await act();
          } catch (error) {
            failed(error);
          }
        },
      });
    },
  };
}
