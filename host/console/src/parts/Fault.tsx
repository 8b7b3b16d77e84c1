/** What a page shows when it breaks: a refusal of the API in its words, or our own mistake, and a way on. */
import { useQueryErrorResetBoundary } from "@tanstack/react-query";
import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { Component, type ReactNode } from "react";
import { ProblemAlert } from "./ProblemAlert";

export function Fault({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const queries = useQueryErrorResetBoundary();
  return (
    <ProblemAlert
      error={error}
      onRetry={() => {
        queries.reset();
        reset();
        void router.invalidate();
      }}
    />
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
