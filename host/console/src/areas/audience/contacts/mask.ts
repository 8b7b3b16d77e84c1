/** Whether a value came masked, as `138****1234` or `h***@example.com`: the API decides, this only says so. */
export function isMasked(shown: string): boolean {
  return /\*{2,}/.test(shown);
}
