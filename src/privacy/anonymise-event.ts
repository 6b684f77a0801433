import { sha256Hex } from "../kernel/index.ts";
import type { StoredRow } from "../measurement/index.ts";
import { tradeFacts } from "../profiles/index.ts";

/** Text columns of the event store that tell of the trade or of where an event came from, not of whom. */
const keptColumns = new Set(
  "source_id source_kind event_type store_view category_path order_id currency channel environment website store".split(
    " ",
  ),
);

function parseObject(text: unknown): Readonly<Record<string, unknown>> {
  const value: unknown = typeof text === "string" ? JSON.parse(text) : {};
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Numbers, times and lists of products stay; any other text is somebody's. */
function keeps(name: string, type: string): boolean {
  return keptColumns.has(name) || name === "skus" || !/String|UUID|JSON|IP|Map/.test(type);
}

/**
 * A row of the event store without its person: sums, products and times stay, every text that is not known to be of the trade goes.
 *
 * @param types column types by name; a column of a later version is judged by its type
 * @param salt secret of the request: the message id could be guessed from what a shop puts into it
 */
export function anonymiseEvent(row: StoredRow, types: ReadonlyMap<string, string>, salt: string): StoredRow {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) if (keeps(name, types.get(name) ?? "String")) kept[name] = value;
  return {
    ...kept,
    event_id: `a-${sha256Hex(`${salt}${String(row["source_id"])}\0${String(row["event_id"])}`).slice(0, 32)}`,
    original_name: row["event_type"],
    properties: JSON.stringify(tradeFacts(parseObject(row["properties"]))),
    context: "{}",
    extra: "{}",
    flags: ["anonymised"],
  };
}
