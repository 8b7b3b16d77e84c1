/**
 * The fields of signing in, on the page and in the dialog of an expired session.
 * Drawn without the kit: on a phone the page is there before the kit would be read.
 */
import { useId, useState, type FormEvent, type ReactNode } from "react";
import { answer, api, type Schemas } from "@/api/client";
import { ProblemError } from "@/api/problem";
import { useSignInWords } from "./words";
import "./signIn.css";

interface Props {
  /** The person who was signed in; cannot be changed where given. */
  email?: string;
  label: string;
  /** Signed in; busy until it is over. */
  onDone: (begun: Schemas["SessionBegun"]) => void | Promise<void>;
  /** Somebody is about to sign in. */
  onNear?: () => void;
}

export function SignInForm({ email, label, onDone, onNear }: Props) {
  const { t } = useSignInWords();
  const [refused, setRefused] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [several, setSeveral] = useState(false);
  const [tried, setTried] = useState(false);
  const [shown, setShown] = useState(false);
  const [typed, setTyped] = useState({ email: email ?? "", password: "", workspace: "" });
  const type = (more: Partial<typeof typed>) => setTyped({ ...typed, ...more });
  const missing = (value: string, sentence: string) => (tried && value === "" ? sentence : undefined);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setTried(true);
    if (busy || typed.email === "" || typed.password === "") return;
    setBusy(true);
    setRefused(undefined);
    try {
      const body = { ...typed, workspace: typed.workspace.trim() || null };
      await onDone(await answer(api.POST("/api/v1/sessions", { body })));
    } catch (error) {
      setRefused(error);
      // The host asks for the workspace's name only where it has several.
      if (error instanceof Error && error.message.startsWith("workspace")) setSeveral(true);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form className="si-form" noValidate onSubmit={(event) => void submit(event)} aria-busy={busy}>
      {refused !== undefined && <Refusal error={refused} />}
      <Field label={t("signIn.email")} wrong={missing(typed.email, t("signIn.emailNeeded"))}>
        {(own) => <input {...own} type="email" name="email" autoComplete="username" autoFocus={!email} readOnly={Boolean(email)} value={typed.email} onChange={(event) => type({ email: event.target.value })} />}
      </Field>
      <Field label={t("signIn.password")} wrong={missing(typed.password, t("signIn.passwordNeeded"))}>
        {(own) => (
          <span className="si-beside">
            <input
              {...own}
              type={shown ? "text" : "password"}
              name="password"
              autoComplete="current-password"
              autoFocus={Boolean(email)}
              value={typed.password}
              onFocus={onNear}
              onChange={(event) => type({ password: event.target.value })}
            />
            <button type="button" className="si-plain" aria-controls={own.id} onClick={() => setShown(!shown)}>
              {t(shown ? "signIn.hide" : "signIn.show")}
            </button>
          </span>
        )}
      </Field>
      {several && (
        <Field label={t("signIn.workspace")} help={t("signIn.workspaceHelp")}>
          {(own) => <input {...own} name="workspace" autoComplete="organization" autoFocus value={typed.workspace} onChange={(event) => type({ workspace: event.target.value })} />}
        </Field>
      )}
      <button type="submit" className="si-go" aria-disabled={busy}>
        {label}
      </button>
    </form>
  );
}

interface Own {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

function Field({ label, wrong, help, children }: { label: string; wrong?: string | undefined; help?: string; children: (own: Own) => ReactNode }) {
  const id = useId();
  const said = wrong ?? help;
  return (
    <div className="si-field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": said && `${id}-said`, "aria-invalid": wrong ? true : undefined })}
      {said && (
        <div id={`${id}-said`} className={wrong ? "si-wrong" : "si-soft"} role={wrong && "alert"}>
          {said}
        </div>
      )}
    </div>
  );
}

/** A refusal as people read it, as everywhere in the console. */
function Refusal({ error }: { error: unknown }) {
  const { t } = useSignInWords();
  const problem = error instanceof ProblemError ? error.problem : undefined;
  const [title, what] = !problem
    ? [t("error.crash"), t("error.crashWhat")]
    : problem.code === "unreachable"
      ? [t("error.unreachable"), t("error.unreachableWhat")]
      : problem.title || problem.detail
        ? [problem.title, problem.detail]
        : [t("error.mute", { status: problem.status }), t("error.muteWhat")];
  return (
    <div className="si-refusal" role="alert">
      <strong>{title}</strong>
      <div>{what}</div>
      {problem?.request_id && <div className="si-soft">{t("error.request", { id: problem.request_id })}</div>}
    </div>
  );
}
