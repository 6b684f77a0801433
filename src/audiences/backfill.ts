/**
 * Brings stored memberships up to date with the live audiences: collects the past events of new leaves into the profiles, judges
 * everybody by new versions, and empties audiences that ended. A version serves until everything a newer one needs is there. Every
 * step may be repeated, so a run that was cut off simply starts again.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Clock, type Logger, newId } from "../kernel/index.ts";
import type { EventLeafSpec, RuleObject } from "../kernel/rules/index.ts";
import type { OwnedIdentifier, Owner, ProfileRow, StateChange } from "../profiles/index.ts";
import { type AccountSource, withMembers } from "./account-members.ts";
import type { AudienceSet, LiveAudience } from "./audience-set.ts";
import type { PastEvents } from "./count-leaves.ts";
import { createLeafFiller, heartbeatMs, maxFailures, type ReplaceLeaves, staleMs } from "./fill-leaves.ts";
import type { Judgement } from "./judge-profile.ts";
import type { LeafFill } from "./leaf-state.ts";
import type { JudgedProfile } from "./shop-subject.ts";
import type { AudienceStore } from "./store.ts";
import type { Backfill, BackfillStore, StoredFill } from "./store-backfills.ts";

export type ScannedProfile = Pick<ProfileRow, "profileId" | "createdAt" | "state"> &
  Partial<Pick<ProfileRow, "nextChangeAt">>;

export type ProfileSource = {
  /** Everybody in order of id, in pages. */
  readonly scan: (afterId: string | null, limit: number) => Promise<readonly ScannedProfile[]>;
  readonly linksOf: (
    profileIds: readonly string[],
  ) => Promise<readonly (OwnedIdentifier & { readonly profileId: string })[]>;
  readonly count: () => Promise<number>;
  readonly replaceLeaves: ReplaceLeaves;
  /** Who belongs to which account; default nobody to any. */
  readonly accounts?: AccountSource;
  /** Profiles as they are stored now. */
  readonly stored?: (ids: readonly string[]) => Promise<readonly ScannedProfile[]>;
  /** @throws {ClienteleError} `profiles.notFound` */
  readonly get: (profileId: string) => Promise<Owner>;
  /** Which profiles got or gave away events since a mark. */
  readonly ownership: {
    readonly mark: () => Promise<string>;
    readonly changedSince: (mark: string) => Promise<readonly string[]>;
  };
};

export type BackfillDeps = {
  readonly store: AudienceStore;
  readonly profiles: ProfileSource;
  readonly past: PastEvents;
  /** What is accepted by now; resolves to a function that tells whether all of that is in profiles and event store. */
  readonly acceptedSoFar: () => Promise<() => Promise<boolean>>;
  /** Judges profiles in a transaction of their own, after `change`; false when another writer was faster. */
  readonly reevaluate: (profileIds: ReadonlySet<string>, change?: StateChange) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly current: () => AudienceSet;
  /** Judges many profiles at the present time. */
  readonly judgeNow: () => (profile: JudgedProfile) => Judgement;
  readonly productOf: (sku: string) => RuleObject | undefined;
  /** Called when what is known of leaves and versions has changed. */
  readonly changed: () => void;
};

const pageSize = 500;
const maxAttempts = 10;

/** How far an audience is: `done` and `total` count events while leaves are filled, then profiles. */
export type Progress = Pick<Backfill, "status" | "done" | "total" | "reason"> & {
  readonly servedVersion: number | null;
};

export function createBackfill(deps: BackfillDeps) {
  const { clock, logger } = deps;
  const store: BackfillStore = deps.store.backfills;
  let states: ReadonlyMap<string, Backfill> = new Map();
  const lapsed = new Set<string>();
  const renewed = new Set<string>();
  let stopped = false;
  let running: Promise<void> | undefined;
  let asked = false;

  const loadStates = async (): Promise<void> => {
    states = new Map((await store.backfills()).map((each) => [each.audienceId, each]));
  };

  async function reevaluate(profileIds: readonly string[]): Promise<void> {
    for (let start = 0; start < profileIds.length && !stopped; start += pageSize) {
      const chunk = new Set(profileIds.slice(start, start + pageSize));
      for (let attempt = 1; !(await deps.reevaluate(chunk)); attempt += 1) {
        if (attempt >= maxAttempts) throw new Error(`profiles changed ${maxAttempts} times while they were judged`);
        await nextTurn();
      }
      await nextTurn();
    }
  }

  const filler = createLeafFiller({
    store,
    past: deps.past,
    acceptedSoFar: deps.acceptedSoFar,
    ownership: deps.profiles.ownership,
    survivor: async (profileId) => {
      try {
        return await deps.profiles.get(profileId);
      } catch (error) {
        // Erased meanwhile: there is nobody to count for.
        logger.debug({ err: error, profileId }, "a profile went while past events were collected");
        return undefined;
      }
    },
    replaceLeaves: deps.profiles.replaceLeaves,
    productOf: deps.productOf,
    clock,
    logger,
    isStopped: () => stopped,
  });
  /** Rows of leaves that lapsed are not read: their count is out of date. */
  const fillOf = (hash: string): LeafFill | undefined => (lapsed.has(hash) ? undefined : filler.fillOf(hash));
  let known = "";
  const load = async (): Promise<void> => {
    await filler.load();
    await loadStates();
    const now = `${filler.signature()} ${JSON.stringify([...states].map(([id, { served }]) => [id, served?.version]))}`;
    if (now !== known) deps.changed();
    known = now;
  };

  const areFilled = (leaves: readonly EventLeafSpec[]): boolean => leaves.every(({ hash }) => filler.isFilled(hash));

  async function judgePage(page: readonly ScannedProfile[]): Promise<void> {
    const identified = await withMembers(await withIdentifiers(page, deps.profiles), deps.current().accountLeaves, {
      accounts: deps.profiles.accounts,
      fillOf,
    });
    const judge = deps.judgeNow();
    // Those whom nothing changes and nothing will change sooner need no write.
    const affected = identified.filter((profile, index) => {
      const { transitions, nextChangeAt } = judge(profile);
      if (transitions.length > 0) return true;
      const stored = page[index]?.nextChangeAt ?? null;
      return nextChangeAt !== null && (stored === null || nextChangeAt < stored);
    });
    await reevaluate(affected.map(({ profileId }) => profileId));
  }

  async function judgeEverybody(audiences: readonly LiveAudience[], runner: string): Promise<boolean> {
    const keys = audiences.map(({ id }) => id);
    const total = await deps.profiles.count();
    let done = 0;
    let beat = Number.NEGATIVE_INFINITY;
    for (let after: string | null = null; ; ) {
      if (clock.now() - beat >= heartbeatMs || done === 0) {
        beat = clock.now();
        await store.judgeWork.progress(keys, runner, done, Math.max(total, done), beat);
        await loadStates();
      }
      const page: readonly ScannedProfile[] = await deps.profiles.scan(after, pageSize);
      const last = page.at(-1);
      if (stopped) return false;
      if (!last) break;
      await judgePage(page);
      done += page.length;
      await nextTurn();
      after = last.profileId;
    }
    for (const { id, version, body } of audiences)
      await store.finishBackfill({ audienceId: id, version, body }, runner, done, clock.now());
    return true;
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

  /** Audiences whose leaves can never be counted have failed. */
  async function failWithLeaves(): Promise<void> {
    for (const { id, rule } of deps.current().audiences) {
      const failed = rule.eventLeaves
        .map(({ hash }) => filler.storedOf(hash))
        .find((fill) => fill?.status === "failed");
      if (failed && states.get(id)?.status === "computing") await store.judgeWork.giveUp([id], failed.reason ?? "");
    }
  }

  async function judgeOutdated(): Promise<boolean> {
    const runner = newId(clock.now());
    const waiting = deps
      .current()
      .audiences.filter(
        ({ id, version, rule }) =>
          states.get(id)?.version === version && states.get(id)?.status === "computing" && areFilled(rule.eventLeaves),
      );
    const claimed = await store.judgeWork.claim(
      waiting.map(({ id }) => id),
      runner,
      clock.now(),
      staleMs,
    );
    const lost = claimed.filter(({ failures }) => failures >= maxFailures).map(({ key }) => key);
    await store.judgeWork.giveUp(lost, `no sign of life for ${staleMs / 60_000} minutes, twice`);
    const own = waiting.filter(({ id }) => claimed.some(({ key }) => key === id) && !lost.includes(id));
    if (own.length === 0) return false;
    const keys = own.map(({ id }) => id);
    try {
      if (!(await judgeEverybody(own, runner))) await store.judgeWork.release(keys, runner);
      return false;
    } catch (error) {
      logger.error({ err: error, audiences: keys }, "judging everybody failed");
      await store.judgeWork.fail(keys, runner, error instanceof Error ? error.message : String(error), maxFailures);
      return true;
    }
  }

  async function runOnce(): Promise<void> {
    // Another process may have done it already.
    await load();
    const outdated = deps.current().audiences.filter(({ id, version }) => states.get(id)?.version !== version);
    await store.beginBackfills(
      outdated.map(({ id, version }) => ({ audienceId: id, version })),
      clock.now(),
    );
    await load();
    const out = new Set(lapsed);
    const back = new Set(renewed);
    const again = deps
      .current()
      .audiences.filter(({ id, rule }) => back.has(id) || rule.eventLeaves.some(({ hash }) => out.has(hash)))
      .filter(({ id }) => states.get(id)?.status === "live");
    await store.beginBackfills(
      again.map(({ id, version }) => ({ audienceId: id, version })),
      clock.now(),
      true,
    );
    for (const id of back) renewed.delete(id);
    if (await filler.run(deps.current().leaves, out)) asked = true;
    for (const hash of out) lapsed.delete(hash);
    await load();
    await failWithLeaves();
    if (!stopped && (await judgeOutdated())) asked = true;
    if (!stopped) await emptyEnded();
    await load();
  }

  async function runWhileAsked(): Promise<void> {
    try {
      while (asked && !stopped) {
        asked = false;
        await runOnce();
      }
    } catch (error) {
      // Not even the failure could be written down; the next change or start tries again.
      logger.error({ err: error }, "bringing audiences up to date failed");
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

  const lapse = (hashes: Iterable<string>): void => {
    for (const hash of hashes) lapsed.add(hash);
  };
  const rejudge = async (audienceIds: ReadonlySet<string>): Promise<void> => {
    const again = deps.current().audiences.filter(({ id }) => audienceIds.has(id));
    if (again.length === 0) return;
    await store.beginBackfills(
      again.map(({ id, version }) => ({ audienceId: id, version })),
      clock.now(),
      true,
    );
    await run();
  };

  return {
    load,
    run,
    /** Goes on with what is not complete, if nobody else does. */
    resume: async (): Promise<void> => {
      await load();
      const isComplete = deps
        .current()
        .audiences.every(
          ({ id, version }) => states.get(id)?.version === version && states.get(id)?.status !== "computing",
        );
      if (!isComplete) await run();
    },
    /** Before the first run: takes back what a process that is gone left behind. */
    begin: async (): Promise<void> => {
      if (!store.isShared) {
        await store.fillWork.releaseAll();
        await store.judgeWork.releaseAll();
      }
      await load();
    },
    stop: async (): Promise<void> => {
      stopped = true;
      await running;
    },
    /** Leaves that no audience uses any more: should they come back, they have to be counted anew. */
    lapse,
    /** Audiences that came back: everybody has changed meanwhile. */
    renew: (audienceIds: readonly string[]): void => {
      for (const id of audienceIds) renewed.add(id);
    },
    /** Judges everybody by these audiences again. */
    rejudge,
    /** Collects all past events of these audiences again and judges everybody; members stay until that is done. */
    recompute: (audiences: readonly LiveAudience[]): Promise<void> => {
      lapse(audiences.flatMap(({ rule }) => rule.eventLeaves.map(({ hash }) => hash)));
      return rejudge(new Set(audiences.map(({ id }) => id)));
    },
    /** Starts a failed audience again, with those of its leaves that failed. */
    restart: async ({ id, rule }: LiveAudience): Promise<void> => {
      await store.fillWork.restart(rule.eventLeaves.map(({ hash }) => hash));
      await store.judgeWork.restart([id]);
      await load();
      void run();
    },
    fillOf,
    /** Judges profiles as they are stored, and writes those that change. */
    judgePage,
    isStopped: () => stopped,
    isKept: filler.isKept,
    isReady: (leaves: readonly EventLeafSpec[]): boolean =>
      leaves.every(({ hash }) => !lapsed.has(hash) && filler.isFilled(hash)),
    isFilled: (hash: string): boolean => !lapsed.has(hash) && filler.isFilled(hash),
    /** What everybody was judged by before the version that is being computed; undefined when nothing was. */
    servedOf: (audienceId: string): Backfill["served"] => states.get(audienceId)?.served ?? null,
    progressOf: ({ id, rule }: Pick<LiveAudience, "id" | "rule">): Progress | undefined => {
      const state = states.get(id);
      if (!state) return undefined;
      const servedVersion = state.served?.version ?? null;
      const { status, reason } = state;
      const filling = rule.eventLeaves
        .map(({ hash }) => filler.storedOf(hash))
        .filter((fill): fill is StoredFill => fill?.status === "computing");
      if (status !== "computing" || filling.length === 0)
        return { status, reason, servedVersion, done: state.done, total: state.total };
      const sum = (of: (fill: StoredFill) => number): number => filling.reduce((total, fill) => total + of(fill), 0);
      return { status, reason, servedVersion, done: sum(({ done }) => done), total: sum(({ total }) => total) };
    },
  };
}

/** Everybody in order of id, page by page. */
export async function* pagesOf(
  profiles: Pick<ProfileSource, "scan">,
  pageSize: number,
): AsyncGenerator<readonly ScannedProfile[]> {
  for (let after: string | null = null; ; ) {
    const page: readonly ScannedProfile[] = await profiles.scan(after, pageSize);
    const last = page.at(-1);
    if (!last) return;
    yield page;
    if (page.length < pageSize) return;
    after = last.profileId;
  }
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
