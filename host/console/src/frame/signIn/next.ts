/** Where somebody wanted to go who has to sign in first: only a path of the console's own, so no open redirect. */
export function within(next: string | null | undefined): string | undefined {
  return next?.startsWith("/") && !next.startsWith("//") && !next.includes("\\") ? next : undefined;
}
