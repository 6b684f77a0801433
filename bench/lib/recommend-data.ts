// Logs of recommendation data sets as the folder of data has them: sessions, item sequences of people, or baskets of people. The
// format is told by the content; .gz is unpacked.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { LearnedSession } from "../../src/recommendations/learners/index.ts";

/** What is asked: histories (baskets of one item for sequences), and what came next. */
export type Case = { readonly baskets: readonly (readonly string[])[]; readonly next: readonly string[] };

export type Log =
  | { readonly kind: "sessions"; readonly sessions: readonly LearnedSession[] }
  | { readonly kind: "sequences"; readonly people: ReadonlyMap<string, readonly string[]> }
  | { readonly kind: "baskets"; readonly people: ReadonlyMap<string, readonly (readonly string[])[]> };

function linesOf(path: string): readonly string[] {
  const bytes = readFileSync(path);
  const text = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes).toString("utf8") : bytes.toString("utf8");
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}

const itemsOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

/** `session_id,item_id,time_unix_s`: the columns by their names, sessions in the order of their first line. */
function readTable(lines: readonly string[]): readonly LearnedSession[] {
  const names = (lines[0] ?? "").split(",");
  const at = (pattern: RegExp) => names.findIndex((name) => pattern.test(name));
  const [session, item, time] = [at(/session/i), at(/item/i), at(/time/i)];
  const sessions = new Map<string, { readonly items: string[]; endedAt: number }>();
  for (const line of lines.slice(1)) {
    const cells = line.split(",");
    const key = cells[session] ?? "";
    const found = sessions.get(key) ?? { items: [], endedAt: 0 };
    sessions.set(key, found);
    found.items.push(cells[item] ?? "");
    found.endedAt = Math.max(found.endedAt, Number(cells[time] ?? 0) * 1_000);
  }
  return time < 0 ? [...sessions.values()].map(({ items }) => ({ items })) : [...sessions.values()];
}

function readJson(lines: readonly string[]): Log {
  const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  if (Array.isArray(rows[0]?.["events"])) {
    const sessions = rows.map((row) => {
      const events = row["events"] as readonly { readonly aid: number; readonly ts: number; readonly type: string }[];
      return {
        items: events.map(({ aid }) => String(aid)),
        hasPurchase: events.some(({ type }) => type === "orders"),
        endedAt: events.at(-1)?.ts ?? 0,
      };
    });
    return { kind: "sessions", sessions: sessions.sort((a, b) => a.endedAt - b.endedAt) };
  }
  const people = new Map(
    rows.map((row) => {
      const baskets = (row["baskets"] ?? [row["basket"] ?? []]) as readonly (readonly unknown[])[];
      return [String(row["user"]), baskets.map((basket) => basket.map(String))] as const;
    }),
  );
  return { kind: "baskets", people };
}

/** Lines that begin with 1, 2, 3 … are those of people. */
function areNumbered(lines: readonly string[]): boolean {
  return lines.length > 2 && lines.slice(0, 1_000).every((line, at) => itemsOf(line)[0] === String(at + 1));
}

export function readLog(path: string): Log {
  const lines = linesOf(path);
  const first = lines[0] ?? "";
  if (first.startsWith("{")) return readJson(lines);
  if (/session_id/i.test(first)) return { kind: "sessions", sessions: readTable(lines) };
  const rows = lines.map(itemsOf);
  if (areNumbered(lines))
    return { kind: "sequences", people: new Map(rows.map(([user = "", ...items]) => [user, items])) };
  return { kind: "sessions", sessions: rows.map((items) => ({ items })) };
}

/** Every view of a session but the first. */
export function casesOf(sessions: readonly LearnedSession[]): readonly Case[] {
  return sessions.flatMap(({ items }) =>
    items.slice(1).map((item, at) => ({ baskets: items.slice(0, at + 1).map((one) => [one]), next: [item] })),
  );
}

function ofPerson(items: readonly string[], people: ReadonlyMap<string, readonly string[]>): Case {
  const [user = "", ...rest] = items;
  const known = people.get(user);
  const next = rest.slice(-1);
  // `user item`, `user item item … item`, or a history without a name in front.
  if (known && (rest.length === 1 || known.every((item, at) => rest[at] === item)))
    return { baskets: known.map((item) => [item]), next };
  return { baskets: items.slice(0, -1).map((item) => [item]), next };
}

/** Tests: `prefix<TAB>next item`, `user<TAB>item`, `{user, basket}`, or sessions whose every view is asked for. */
export function readCases(path: string, train: Log): readonly Case[] {
  const lines = linesOf(path);
  const first = lines[0] ?? "";
  if (first.startsWith("{") || /session_id/i.test(first)) {
    const log = readLog(path);
    if (log.kind === "sessions") return casesOf(log.sessions);
    if (log.kind !== "baskets" || train.kind !== "baskets")
      throw new Error("baskets are tested with baskets of the same people");
    return [...log.people].map(([user, baskets]) => ({
      baskets: train.people.get(user) ?? [],
      next: baskets.at(-1) ?? [],
    }));
  }
  if (train.kind === "sequences") return lines.map((line) => ofPerson(itemsOf(line), train.people));
  const isSplit = first.includes("\t");
  return isSplit
    ? lines.map((line) => {
        const items = itemsOf(line);
        return { baskets: items.slice(0, -1).map((item) => [item]), next: items.slice(-1) };
      })
    : casesOf(lines.map((line) => ({ items: itemsOf(line) })));
}

/** Without a test file: the last tenth of the sessions, the last item of each person, the last basket of each person. */
export function holdOut(log: Log): { readonly train: Log; readonly cases: readonly Case[] } {
  if (log.kind === "sessions") {
    const cut = Math.floor(log.sessions.length * 0.9);
    return {
      train: { kind: "sessions", sessions: log.sessions.slice(0, cut) },
      cases: casesOf(log.sessions.slice(cut)),
    };
  }
  if (log.kind === "sequences") {
    const people = new Map(
      [...log.people].map(([user, items]) => [user, items.length > 1 ? items.slice(0, -1) : items]),
    );
    const cases = [...log.people.values()].filter((items) => items.length > 1);
    return {
      train: { kind: "sequences", people },
      cases: cases.map((items) => ({ baskets: items.slice(0, -1).map((item) => [item]), next: items.slice(-1) })),
    };
  }
  const people = new Map([...log.people].map(([user, all]) => [user, all.length > 1 ? all.slice(0, -1) : all]));
  const cases = [...log.people.values()].filter((all) => all.length > 1);
  return {
    train: { kind: "baskets", people },
    cases: cases.map((all) => ({ baskets: all.slice(0, -1), next: all.at(-1) ?? [] })),
  };
}
