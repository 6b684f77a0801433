import { get, type Params } from "./client.ts";
import type { Page } from "./shapes.ts";

/** The rows of a list, page after page; those beyond `maxPages` of `pageSize` rows are left out. */
export async function readPages<Row>(
  path: string,
  params: Params,
  { pageSize, maxPages, signal }: { pageSize: number; maxPages: number; signal?: AbortSignal | undefined },
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const answer: Page<Row> = await get<Page<Row>>(path, { ...params, limit: pageSize, cursor }, { signal });
    rows.push(...answer.items);
    if (!answer.nextCursor) break;
    cursor = answer.nextCursor;
  }
  return rows;
}
