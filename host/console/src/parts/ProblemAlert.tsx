/** A refusal as people read it: what happened, what to do, which fields, and the id the log knows it by. */
import { Alert, Button } from "antd";
import { ProblemError } from "@/api/problem";
import { useWords } from "@/words";

interface Props {
  error: unknown;
  onRetry?: () => void;
  /** Fields that already show their own message. */
  shown?: string[];
}

export function ProblemAlert({ error, onRetry, shown = [] }: Props) {
  const { t, f } = useWords();
  const problem = error instanceof ProblemError ? error.problem : undefined;
  const away = problem?.code === "unreachable";
  // Not the host's word: it always says why.
  const mute = problem !== undefined && !away && problem.title === "" && problem.detail === "";
  const title = away ? t("error.unreachable") : mute ? t("error.mute", { status: problem.status }) : problem ? problem.title : t("error.crash");
  const what = away ? t("error.unreachableWhat") : mute ? t("error.muteWhat") : problem ? problem.detail : t("error.crashWhat");
  const rest = problem?.errors?.filter((one) => !shown.includes(one.field)) ?? [];
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      className="problem"
      title={title}
      description={
        <>
          <div>{f.told(what)}</div>
          {rest.length > 1 && (
            <ul>
              {rest.map((one) => (
                <li key={`${one.field} ${one.message}`}>
                  <strong>{one.field}</strong>: {one.message}
                </li>
              ))}
            </ul>
          )}
          {problem?.request_id && <div className="small">{t("error.request", { id: problem.request_id })}</div>}
        </>
      }
      action={
        onRetry && (
          <Button size="small" onClick={onRetry}>
            {t("error.again")}
          </Button>
        )
      }
    />
  );
}
