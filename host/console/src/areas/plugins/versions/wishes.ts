/** Whether two lists of permissions ask for the same, in whatever order and with whatever reasons. */
import type { Schemas } from "@/api/client";

type Wish = Pick<Schemas["PermissionChange"], "permission" | "detail">;

const exact = (wishes: Wish[]) => wishes.map((one) => JSON.stringify([one.permission, one.detail])).sort();

export function sameWishes(a: Wish[], b: Wish[]): boolean {
  const [one, other] = [exact(a), exact(b)];
  return one.length === other.length && one.every((wish, at) => wish === other[at]);
}
