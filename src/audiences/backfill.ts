/**
 * Brings stored memberships up to date with the live audiences: collects the past events of new leaves into the
 * profiles, judges everybody by new versions, and empties audiences that ended. Every step may be repeated, so a run that
 * was cut off simply starts again.
 */
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import type { Clock, Logger } from "../kernel/index.ts";
import type { EventLeafSpec, RuleObject } from "../kernel/rules/index.ts";
import type { OwnedIdentifier, ProfileRow, StateChange } from "../profiles/index.ts";
import type { AudienceSet, LiveAudience } from "./audience-set.ts";
import type { Judgement } from "./judge-profile.ts";
import { fillRows } from "./leaf-state.ts";
import type { JudgedProfile } from "./shop-subject.ts";
import type { AudienceStore, Backfill } from "./store.ts";

type ScannedProfile = Pick<ProfileRow, "profileId" | "createdAt" | "state">;

/** A past event with the profile that owns it now. */
export type PastEvent = {
  readonly profileId: string;
  readonly type: string;
  readonly ts: number;
  readonly properties: RuleObject;
  readonly context: RuleObject;
};

export type ProfileSource = {
  /** Everybody in order of id, in pages. */
  readonly scan: (afterId: string | null, limit: number) => Promise<readonly ScannedProfile[]>;
  readonly linksOf: (
    profileIds: readonly string[],
  ) => Promise<readonly (OwnedIdentifier & { readonly profileId: string })[]>;
  readonly count: () => Promise<number>;
};

export type BackfillDeps = {
  readonly store: AudienceStore;
  readonly profiles: ProfileSource;
  /** Every stored event of these types, in pages. */
  readonly eventsOfTypes: (types: readonly string[]) => AsyncIterable<readonly PastEvent[]>;
  /**
   * Remembers the events accepted by now. They may have been counted without a new leaf, and are found among the stored events
   * only once the function it resolves to says that they got there.
   */
  readonly acceptedSoFar: () => Promise<() => Promise<boolean>>;
  /** Judges profiles in a transaction of their own, after `change`; false when another writer was faster. */
  readonly reevaluate: (profileIds: ReadonlySet<string>, change?: StateChange) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly current: () => AudienceSet;
  readonly judge: (profile: JudgedProfile) => Judgement;
  readonly productOf: (sku: string) => RuleObject | undefined;
};

const pageSize = 500;
const maxAttempts = 10;
const storedPollMs = 50;

export function createBackfill(deps: BackfillDeps) {
  const filled = new Set<string>();
  const states = new Map<string, Backfill>();
  let stopped = false;
  let running: Promise<void> | undefined;
  let asked = false;

  async function setStates(
    audiences: readonly LiveAudience[],
    part: Pick<Backfill, "status" | "done" | "total">,
  ): Promise<void> {
    const changed = audiences.map(({ id, version }) => ({ audienceId: id, version, ...part }));
    for (const state of changed) states.set(state.audienceId, state);
    await deps.store.writeBackfills(changed, deps.clock.now());
  }

  async function reevaluate(profileIds: readonly string[], change?: StateChange): Promise<void> {
    for (let start = 0; start < profileIds.length && !stopped; start += pageSize) {
      const chunk = new Set(profileIds.slice(start, start + pageSize));
      for (let attempt = 1; !(await deps.reevaluate(chunk, change)); attempt += 1) {
        if (attempt >= maxAttempts) throw new Error(`profiles changed ${maxAttempts} times while they were judged`);
        await nextTurn();
      }
      await nextTurn();
    }
  }

  async function fillLeaves(leaves: readonly EventLeafSpec[]): Promise<void> {
    const areStored = await deps.acceptedSoFar();
    while (!stopped && !(await areStored())) await pause(storedPollMs);
    const names = [...new Set(leaves.flatMap((leaf) => leaf.names))];
    for await (const events of deps.eventsOfTypes(names)) {
      if (stopped) return;
      const rows = rowsByProfile(events, leaves, deps.productOf);
      await reevaluate([...rows.keys()], (profileId, state) => {
        const own = rows.get(profileId);
        if (!own) return state;
        const next = { ...state.leaves };
        for (const leaf of leaves) {
          const rebuilt = own.get(leaf.hash);
          if (rebuilt) next[leaf.hash] = fillRows(rebuilt, next[leaf.hash] ?? [], leaf.stride);
        }
        return { ...state, leaves: next };
      });
    }
    if (stopped) return;
    const hashes = leaves.map(({ hash }) => hash);
    await deps.store.addFilledLeaves(hashes, deps.clock.now());
    for (const hash of hashes) filled.add(hash);
  }

  async function judgeEverybody(audiences: readonly LiveAudience[]): Promise<void> {
    const total = await deps.profiles.count();
    let done = 0;
    await setStates(audiences, { status: "computing", done, total });
    for (let after: string | null = null; ; ) {
      const page: readonly ScannedProfile[] = await deps.profiles.scan(after, pageSize);
      const last = page.at(-1);
      if (stopped || !last) break;
      const identified = await withIdentifiers(page, deps.profiles);
      // Those whom nothing changes and nothing will change need no write.
      const affected = identified.filter((profile) => {
        const { transitions, nextChangeAt } = deps.judge(profile);
        return transitions.length > 0 || nextChangeAt !== null;
      });
      await reevaluate(affected.map(({ profileId }) => profileId));
      done += page.length;
      await setStates(audiences, { status: "computing", done, total: Math.max(total, done) });
      await nextTurn();
      after = last.profileId;
    }
    if (!stopped) await setStates(audiences, { status: "live", done, total: done });
  }

  async function emptyEnded(): Promise<void> {
    for (const audienceId of await deps.store.audiencesWithMembers()) {
      if (deps.current().byReference.has(audienceId)) continue;
      for (let after: string | null = null; !stopped; ) {
        const page = await deps.store.members(audienceId, after, pageSize);
        const last = page.at(-1);
        if (!last) break;
        await reevaluate(page.map(({ profileId }) => profileId));
        after = last.profileId;
      }
    }
  }

  async function load(): Promise<void> {
    for (const hash of await deps.store.filledLeaves()) filled.add(hash);
    for (const state of await deps.store.backfills()) states.set(state.audienceId, state);
  }

  async function runOnce(): Promise<void> {
    // Another process may have done it already.
    await load();
    const set = deps.current();
    const outdated = set.audiences.filter(({ id, version, rule }) => {
      const state = states.get(id);
      const isCurrent = state?.version === version && state.status === "live";
      return !isCurrent || rule.eventLeaves.some(({ hash }) => !filled.has(hash));
    });
    try {
      const missing = [...set.leaves.values()].filter(({ hash }) => !filled.has(hash));
      if (outdated.length > 0) await setStates(outdated, { status: "computing", done: 0, total: 0 });
      if (missing.length > 0) await fillLeaves(missing);
      if (outdated.length > 0 && !stopped) await judgeEverybody(outdated);
      await emptyEnded();
    } catch (error) {
      deps.logger.error({ err: error, audiences: outdated.map(({ id }) => id) }, "judging everybody failed");
      await setStates(outdated, { status: "failed", done: 0, total: 0 });
    }
  }

  async function runWhileAsked(): Promise<void> {
    try {
      while (asked && !stopped) {
        asked = false;
        await runOnce();
      }
    } catch (error) {
      // Not even the failure could be written down; the next change or start tries again.
      deps.logger.error({ err: error }, "bringing audiences up to date failed");
    }
  }

  /** Runs until memberships are up to date; a call while one is under way makes it look again afterwards. */
  function run(): Promise<void> {
    asked = true;
    running ??= runWhileAsked().finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    load,
    run,
    stop: async (): Promise<void> => {
      stopped = true;
      await running;
    },
    /** Judges everybody by these audiences again. */
    rejudge: async (audienceIds: ReadonlySet<string>): Promise<void> => {
      const again = deps.current().audiences.filter(({ id }) => audienceIds.has(id));
      if (again.length === 0) return;
      await setStates(again, { status: "computing", done: 0, total: 0 });
      await run();
    },
    isReady: ({ rule }: LiveAudience): boolean => rule.eventLeaves.every(({ hash }) => filled.has(hash)),
    isFilled: (hash: string): boolean => filled.has(hash),
    stateOf: (audienceId: string): Backfill | undefined => states.get(audienceId),
  };
}

/** Rows that events add to leaves, ascending, by profile and leaf. */
export function rowsByProfile(
  events: readonly PastEvent[],
  leaves: readonly EventLeafSpec[],
  productOf: (sku: string) => RuleObject | undefined,
): Map<string, Map<string, readonly number[]>> {
  const found = new Map<string, Map<string, number[][]>>();
  for (const { profileId, type, ts, properties, context } of events) {
    const event = { type, timestamp: ts, properties, context };
    for (const leaf of leaves) {
      const rows = leaf.rowsOf(event, { productOf });
      if (rows.length === 0) continue;
      const own = found.get(profileId) ?? new Map<string, number[][]>();
      found.set(profileId, own);
      const known = own.get(leaf.hash);
      if (known) known.push([...rows]);
      else own.set(leaf.hash, [[...rows]]);
    }
  }
  const sorted = (rows: number[][]): readonly number[] => rows.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0)).flat();
  return new Map(
    [...found].map(
      ([id, own]) => [id, new Map([...own].map(([hash, rows]) => [hash, sorted(rows)] as const))] as const,
    ),
  );
}

/** Adds the identifiers that traits such as `is_registered` need. */
export async function withIdentifiers(
  page: readonly ScannedProfile[],
  profiles: Pick<ProfileSource, "linksOf">,
): Promise<readonly JudgedProfile[]> {
  const links = await profiles.linksOf(page.map(({ profileId }) => profileId));
  const byProfile = new Map<string, OwnedIdentifier[]>();
  for (const { profileId, ...identifier } of links) {
    const own = byProfile.get(profileId);
    if (own) own.push(identifier);
    else byProfile.set(profileId, [identifier]);
  }
  return page.map((row) => ({ ...row, identifiers: byProfile.get(row.profileId) ?? [] }));
}
