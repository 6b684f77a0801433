import { ClienteleError } from "./errors.ts";
import { isUuid } from "./ids.ts";

/** One page of a stable ordered list; `nextCursor` is opaque and absent on the last page. */
export type Page<T> = { readonly items: readonly T[]; readonly nextCursor?: string };

export const maxPageSize = 200;
export const defaultPageSize = 50;

/** Packs the sort key of the last row into an opaque cursor. */
export function encodeCursor(key: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/** @returns the key, or undefined when the cursor was not made by `encodeCursor` with `length` parts */
export function decodeCursor(cursor: string, length: number): readonly (string | number)[] | undefined {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (!Array.isArray(key) || key.length !== length) return undefined;
    return key.every((part) => typeof part === "string" || typeof part === "number") ? key : undefined;
  } catch {
    // A foreign text is no cursor; the caller answers with its own message.
    return undefined;
  }
}

const lastInstantMs = 8.64e15;

/**
 * The key of a list in order of (time, id), from the cursor of a request.
 *
 * @throws {ClienteleError} `http.badRequest` when the cursor was not made by such a list
 */
export function decodeTimeCursor(cursor: string): { readonly at: number; readonly id: string } {
  const [at, id] = decodeCursor(cursor, 2) ?? [];
  if (typeof at !== "number" || Math.abs(at) > lastInstantMs || typeof id !== "string" || !isUuid(id))
    throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
  return { at, id };
}

/** Cuts rows read with `limit + 1` into a page. */
export function toPage<T>(rows: readonly T[], limit: number, keyOf: (row: T) => readonly (string | number)[]): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || last === undefined) return { items };
  return { items, nextCursor: encodeCursor(keyOf(last)) };
}
