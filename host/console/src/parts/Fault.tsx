/** What a page shows when it breaks: a refusal of the API in its words, or our own mistake, and a way on. */
import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { Link, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { Button, Flex, Result, Typography } from "antd";
import { Component, useEffect, useRef, useSyncExternalStore, type ReactNode } from "react";
import { ProblemError } from "@/api/problem";
import { reach } from "@/api/reach";
import { useWords } from "@/words";
import { ProblemAlert } from "./ProblemAlert";

/** The page's code has another name since the host was updated: only the whole page anew brings it. */
function isOutdated(error: unknown): boolean {
  return error instanceof Error && /dynamically imported module|importing a module script|preload CSS/i.test(error.message);
}

export function Fault({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const queries = useQueryErrorResetBoundary();
  const again = () => {
    queries.reset();
    reset();
    void router.invalidate();
  };
  useBack(again);
  if (error instanceof ProblemError) return <ProblemAlert error={error} onRetry={again} />;
  return <Crash error={error} onRetry={again} />;
}

/** Once the host answers again, the page tries by itself. */
function useBack(again: () => void) {
  const away = useSyncExternalStore(reach.subscribe, reach.isAway);
  const was = useRef(away);
  useEffect(() => {
    if (was.current && !away) again();
    was.current = away;
  });
}

function Crash({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useWords();
  const outdated = isOutdated(error);
  return (
    <Result
      status={outdated ? "info" : "warning"}
      title={<Typography.Title level={1}>{t(outdated ? "error.updated" : "error.crash")}</Typography.Title>}
      subTitle={t(outdated ? "error.updatedWhat" : "error.crashWhat")}
      extra={
        <Flex gap={12} justify="center" align="center">
          {outdated ? (
            <Button type="primary" onClick={() => window.location.reload()}>
              {t("error.reload")}
            </Button>
          ) : (
            <Button type="primary" onClick={onRetry}>
              {t("error.again")}
            </Button>
          )}
          <Link to="/">{t("error.home")}</Link>
        </Flex>
      }
    >
      {!outdated && (
        <details>
          <summary>{t("error.details")}</summary>
          <pre className="mono plain">{error instanceof Error ? `${error.name}: ${error.message}` : String(error)}</pre>
        </details>
      )}
    </Result>
  );
}

/** A wall around a part of a page: what breaks in it leaves the rest standing. */
export class Wall extends Component<{ children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <ProblemAlert error={this.state.error} onRetry={() => this.setState({ error: undefined })} />;
  }
}
