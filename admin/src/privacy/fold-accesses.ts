import { messages } from "../messages.data.ts";
import type { Access } from "./shapes.ts";

const m = messages.privacy.profile;
const minuteMs = 60_000;

export type AccessRow = Pick<Access, "at" | "actor" | "via" | "action"> & {
  /** What was looked at, each once, in words. */
  readonly places: readonly string[];
  readonly times: number;
};

/** One row for what somebody did in one go: a page asks the server several times. Newest first, as given. */
export function foldAccesses(accesses: readonly Access[]): readonly AccessRow[] {
  const rows: AccessRow[] = [];
  for (const access of accesses) {
    const place = placeOf(access);
    const before = rows.at(-1);
    if (before && isSameGo(before, access)) {
      const places = place === "" || before.places.includes(place) ? before.places : [...before.places, place];
      rows[rows.length - 1] = { ...before, places, times: before.times + 1 };
    } else {
      const { at, actor, via, action } = access;
      rows.push({ at, actor, via, action, places: place === "" ? [] : [place], times: 1 });
    }
  }
  return rows;
}

function isSameGo(row: AccessRow, access: Access): boolean {
  return (
    row.actor === access.actor &&
    row.via === access.via &&
    row.action === access.action &&
    new Date(row.at).getTime() - new Date(access.at).getTime() < minuteMs
  );
}

function placeOf({ after }: Access): string {
  const path = (after as { path?: unknown } | null)?.path;
  return typeof path === "string" ? (m.places[path] ?? path) : "";
}
