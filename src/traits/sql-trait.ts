// SQL traits: now and then a query answers for everybody at once, and what changed is written into the profiles.
import { setImmediate as nextTurn } from "node:timers/promises";
import { ClienteleError, type Clock, isUuid, type Logger } from "../kernel/index.ts";
import type { ProfileRow, StateChange, TraitScalar, TraitState } from "../profiles/index.ts";
import { checkAst, checkQuery } from "./sql-query.ts";
import type { TraitEventStore } from "./store.clickhouse.ts";
import type { TraitStore } from "./store.ts";
import type { TraitBody } from "./trait-body.ts";
import type { LiveTrait } from "./trait-set.ts";

export type SqlTraitDeps = {
  readonly store: TraitStore;
  readonly events: Pick<TraitEventStore, "explain" | "runQuery">;
  readonly reevaluate: (profileIds: ReadonlySet<string>, change: StateChange) => Promise<boolean>;
  /** Everybody in order of id, in pages. */
  readonly scan: (afterId: string | null, limit: number) => Promise<readonly ProfileRow[]>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly isStopped: () => boolean;
};

type Result = Readonly<Record<string, TraitScalar | null>>;

const pageSize = 1_000;
const maxAttempts = 10;
const defaultHours = 24;
const maxTextLength = 1_000;

function toScalar(value: unknown, type: string): TraitScalar | null {
  if (type === "number" || type === "instant") {
    const number = type === "instant" && typeof value === "string" ? Date.parse(value) : Number(value ?? Number.NaN);
    return Number.isFinite(number) ? number : null;
  }
  if (type === "boolean") return value === null || value === undefined ? null : Boolean(value);
  if (Array.isArray(value)) return value.map(String).join(", ").slice(0, maxTextLength);
  return value === null || value === undefined ? null : String(value).slice(0, maxTextLength);
}

function toResult(row: Record<string, unknown>, columns: NonNullable<TraitBody["columns"]>): Result {
  return Object.fromEntries(columns.map(({ name, type }) => [name, toScalar(row[name], type)]));
}

/**
 * Refuses a query that is no plain read of the event store.
 *
 * @throws {ClienteleError} `traits.queryRefused`
 */
export async function requireReadOnly(query: string, events: Pick<TraitEventStore, "explain">): Promise<void> {
  const refused = checkQuery(query) ?? checkAst(await events.explain(query));
  if (refused !== undefined) throw new ClienteleError("traits.queryRefused", refused);
}

/** Whether a trait is due: never run, or its time has come. */
export function isDue(body: TraitBody, computedThrough: number | null, nowMs: number): boolean {
  return computedThrough === null || nowMs - computedThrough >= (body.everyHours ?? defaultHours) * 3_600_000;
}

export function createSqlTraits(deps: SqlTraitDeps) {
  const write = async (changes: ReadonlyMap<string, Result | null>, hash: string): Promise<void> => {
    const change: StateChange = (profileId, state) => {
      const result = changes.get(profileId);
      if (result === undefined) return state;
      const { [hash]: _old, ...others } = state.traits;
      const traits: Record<string, TraitState> = result === null ? others : { ...others, [hash]: { result } };
      return { ...state, traits };
    };
    const ids = new Set(changes.keys());
    for (let attempt = 1; !(await deps.reevaluate(ids, change)); attempt += 1) {
      if (attempt >= maxAttempts)
        throw new Error(`profiles changed ${maxAttempts} times while a trait was put into them`);
      await nextTurn();
    }
  };

  /** Results and profiles are both in order of id: walked over side by side. @returns the number of rows */
  const run = async ({ hash, body }: Pick<LiveTrait, "hash" | "body">): Promise<number> => {
    const { query = "", columns = [] } = body;
    await requireReadOnly(query, deps.events);
    let rows = 0;
    for (let after: string | null = null; !deps.isStopped(); ) {
      const page: readonly ProfileRow[] = await deps.scan(after, pageSize);
      const last = page.at(-1);
      if (!last) break;
      const results = new Map<string, Result>();
      for (let from = after ?? ""; ; ) {
        const found = await deps.events.runQuery(query, from, pageSize);
        for (const row of found) {
          const id = String(row["profile_id"]);
          if (isUuid(id)) results.set(id, toResult(row, columns));
        }
        const end = found.at(-1);
        if (found.length < pageSize || !end || String(end["profile_id"]) > last.profileId) break;
        from = String(end["profile_id"]);
      }
      const changes = new Map<string, Result | null>();
      for (const { profileId, state } of page) {
        const [before, now] = [state.traits[hash]?.result, results.get(profileId)];
        if (now) rows += 1;
        if (JSON.stringify(before) !== JSON.stringify(now)) changes.set(profileId, now ?? null);
      }
      if (changes.size > 0) await write(changes, hash);
      await nextTurn();
      after = last.profileId;
    }
    return rows;
  };

  return {
    /** Runs the traits that are due. */
    runDue: async (traits: readonly LiveTrait[]): Promise<void> => {
      const known = new Map((await deps.store.computations()).map((each) => [each.hash, each]));
      for (const trait of traits) {
        if (trait.body.kind !== "sql" || deps.isStopped()) continue;
        const nowMs = deps.clock.now();
        const before = known.get(trait.hash);
        if (before && !isDue(trait.body, before.computedThrough, nowMs)) continue;
        const { hash, key, version, body } = trait;
        await deps.store.begin({ hash, key, version, body, cutoff: nowMs }, nowMs);
        try {
          const rows = await run(trait);
          if (!deps.isStopped()) await deps.store.finish(hash, rows, nowMs, deps.clock.now());
        } catch (error) {
          deps.logger.error({ err: error, trait: key }, "an SQL trait failed");
          await deps.store.fail(hash, error instanceof Error ? error.message : String(error), 2);
        }
      }
    },
  };
}
