/** A list that a page needs whole (a tree, a list searched as one types), fetched page by page. */
import type { PageOf } from "@/parts/CursorTable";

/** The API's largest page, and how many of them are fetched: the host keeps no more of these things. */
const PAGE = 500;
const PAGES_MAX = 20;

export async function everyPage<Row>(page: (cursor: string | undefined, limit: number) => Promise<PageOf<Row>>): Promise<Row[]> {
  const all: Row[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const one = await page(cursor, PAGE);
    all.push(...one.items);
    cursor = one.next ?? undefined;
    if (!cursor) break;
  }
  return all;
}
