import type { AuditTrail } from "../access/index.ts";
import { ClienteleError, type Clock, decodeCursor, isUuid, type Logger, newId, type Page } from "../kernel/index.ts";
import type { Profile } from "../profiles/index.ts";
import type { Postgres } from "../storage/index.ts";
import { pairsOfConflicts, unscoredProposals } from "./identity-conflicts.ts";
import type { Proposal, ProposalStatus, Run } from "./proposal.ts";
import { type KnownFacts, readPerson } from "./read-person.ts";
import {
  chunksOf,
  type IdentityConflict,
  type ProfileReads,
  type RefreshDeps,
  withoutSeparated,
} from "./refresh-deps.ts";
import { refreshDuplicates } from "./refresh-duplicates.ts";
import { createDuplicateRoutes } from "./routes.ts";
import { createDuplicateStore } from "./store.ts";

/** Who decides, for the audit. */
export type DecidedBy = { readonly actor: string; readonly via: "ui" | "api"; readonly requestId: string | null };

export type DuplicatesDeps = {
  readonly postgres: Postgres;
  readonly profiles: ProfileReads;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: Pick<AuditTrail, "record">;
  /** Makes one profile of two; called only when somebody asked for it. */
  readonly merge: (profileA: string, profileB: string, actor: string) => Promise<unknown>;
  /** Puts two profiles on the do-not-merge list. */
  readonly separate: (profileA: string, profileB: string, actor: string) => Promise<unknown>;
  readonly separated?: RefreshDeps["separated"];
  readonly conflicts?: RefreshDeps["conflicts"];
  /** Pairs from this probability on are proposed, 0 to 1; default 0.5: rather one person than two. */
  readonly minProbability?: number;
  /** Proposals that one run keeps, the most probable ones; default 20,000. */
  readonly maxPairs?: number;
  /** Profiles that one run compares; default 500,000, about 1 GB in the worker. */
  readonly maxProfiles?: number;
  /** Limit of the comparison; default 15 minutes. */
  readonly timeoutMs?: number;
};

export type DuplicateList = {
  readonly status?: ProposalStatus | undefined;
  readonly profileId?: string | undefined;
  readonly minProbability?: number | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
};

export type ProposalDetail = {
  readonly proposal: Proposal;
  /** What the two say today; null for a profile that is gone. */
  readonly a: KnownFacts | null;
  readonly b: KnownFacts | null;
};

const defaultMinProbability = 0.5;
const defaultMaxPairs = 20_000;
const defaultMaxProfiles = 500_000;
const defaultTimeoutMs = 15 * 60_000;
/** Reading and storing around the comparison; a run that began longer ago died with its process. */
const graceMs = 45 * 60_000;
const reportedRuns = 20;
const writeSize = 500;

/** A person's name, else an address or number; null when nothing of it is known. Personal data. */
function nameOf({ profileId, state, identifiers }: Profile): string | null {
  const facts = readPerson(profileId, state.attributes, identifiers);
  const name = [facts.givenName, facts.surname].filter((part) => part !== "").join(" ");
  const customer = identifiers.find(({ namespace, validTo }) => namespace === "user_id" && validTo === null);
  return name || facts.emails[0] || facts.phones[0] || customer?.value || null;
}

function positionOf(cursor: string | undefined): { readonly probability: number; readonly id: string } | null {
  if (cursor === undefined) return null;
  const [probability, id] = decodeCursor(cursor, 2) ?? [];
  if (typeof probability !== "number" || typeof id !== "string" || !isUuid(id))
    throw new ClienteleError("http.badRequest", "the cursor was not made by this list");
  return { probability, id };
}

/**
 * Possible duplicates: profiles that are probably one person, for somebody to merge or to keep apart. Nothing is ever merged
 * without being asked.
 */
export function createDuplicates(deps: DuplicatesDeps) {
  const { clock, logger, profiles } = deps;
  const store = createDuplicateStore(deps.postgres);
  const timeoutMs = deps.timeoutMs ?? defaultTimeoutMs;
  const stopping = new AbortController();
  let underWay: Promise<unknown> = Promise.resolve();

  const refreshDeps: RefreshDeps = {
    store,
    profiles,
    clock,
    logger,
    ...(deps.separated ? { separated: deps.separated } : {}),
    ...(deps.conflicts ? { conflicts: deps.conflicts } : {}),
    minProbability: deps.minProbability ?? defaultMinProbability,
    maxPairs: deps.maxPairs ?? defaultMaxPairs,
    maxProfiles: deps.maxProfiles ?? defaultMaxProfiles,
    timeoutMs,
  };

  const work = async (id: string): Promise<void> => {
    try {
      const report = await refreshDuplicates(refreshDeps, stopping.signal);
      await store.endRun(id, report, null, clock.now());
      logger.info({ runId: id, ...report }, "profiles compared");
    } catch (error) {
      // The message of our own errors is free of personal data; that of others may hold a row.
      const message = error instanceof ClienteleError ? error.message : "see the log";
      await store.endRun(id, null, message, clock.now());
      throw error;
    }
  };

  /** Begins a run; `done` settles with it. */
  const start = async (by: string): Promise<{ readonly runId: string; readonly done: Promise<void> }> => {
    const runId = newId(clock.now());
    if (!(await store.startRun(runId, by, clock.now(), clock.now() - timeoutMs - graceMs)))
      throw new ClienteleError(
        "duplicates.running",
        "profiles are being compared already; wait for the end of that run",
      );
    const done = work(runId);
    underWay = done.catch(() => undefined);
    return { runId, done };
  };

  const get = async (id: string): Promise<Proposal> => {
    const proposal = await store.find(id);
    if (!proposal) throw new ClienteleError("duplicates.notFound", `there is no proposal ${id}`);
    return proposal;
  };

  /** Null for one that is gone. */
  const profileOf = async (profileId: string): Promise<Profile | null> => {
    try {
      return await profiles.get(profileId);
    } catch (error) {
      if (error instanceof ClienteleError && error.code === "profiles.notFound") return null;
      throw error;
    }
  };

  const factsOf = async (id: string): Promise<KnownFacts | null> => {
    const profile = await profileOf(id);
    return profile && readPerson(profile.profileId, profile.state.attributes, profile.identifiers);
  };

  const decide = async (id: string, status: "merged" | "dismissed", by: DecidedBy): Promise<Proposal> => {
    const before = await get(id);
    if (before.status !== "open")
      throw new ClienteleError("duplicates.closed", `the proposal ${id} is ${before.status} already`);
    // Outside the transaction, which must be short; both calls may be repeated when the process ends before the next lines.
    const act = status === "merged" ? deps.merge : deps.separate;
    await act(before.profileA, before.profileB, by.actor);
    await store.transaction(async (tx) => {
      if ((await store.close(tx, [id], status, by.actor, clock.now())) === 0)
        throw new ClienteleError("duplicates.closed", `somebody else decided the proposal ${id} meanwhile`);
      const { profileA, profileB } = before;
      await deps.audit.record(tx, {
        ...by,
        action: status === "merged" ? "duplicate.merge" : "duplicate.dismiss",
        objectKind: "duplicate",
        objectId: id,
        before: { status: before.status, profileA, profileB },
        after: { status, profileA, profileB },
      });
    });
    return get(id);
  };

  const face = {
    /** One run to its end, for the scheduler. @throws {ClienteleError} `duplicates.running` and those of the comparison */
    refresh: async (by = "schedule"): Promise<void> => (await start(by)).done,
    /** Begins a run and answers at once. */
    run: async (by: string): Promise<string> => {
      const { runId, done } = await start(by);
      done.catch((error: unknown) => logger.error({ err: error, runId }, "profiles could not be compared"));
      return runId;
    },
    list: (query: DuplicateList): Promise<Page<Proposal>> =>
      store.list({
        status: query.status,
        profileId: query.profileId,
        minProbability: query.minProbability ?? 0,
        limit: query.limit,
        after: positionOf(query.cursor),
      }),
    detail: async (id: string): Promise<ProposalDetail> => {
      const proposal = await get(id);
      return { proposal, a: await factsOf(proposal.profileA), b: await factsOf(proposal.profileB) };
    },
    /** What people call these profiles, by id; null for those of whom nothing is known. Personal data. */
    names: async (profileIds: Iterable<string>): Promise<ReadonlyMap<string, string | null>> => {
      const names = new Map<string, string | null>();
      for (const profileId of new Set(profileIds)) {
        const profile = await profileOf(profileId);
        names.set(profileId, profile && nameOf(profile));
      }
      return names;
    },
    merge: (id: string, by: DecidedBy) => decide(id, "merged", by),
    dismiss: (id: string, by: DecidedBy) => decide(id, "dismissed", by),
    /** Adds pairs that identity stitching reports; the next run scores them. @returns how many are new */
    report: async (conflicts: readonly IdentityConflict[]): Promise<number> => {
      const proposals = unscoredProposals(pairsOfConflicts(conflicts).values(), clock.now());
      let proposed = 0;
      for (const chunk of chunksOf(proposals, writeSize))
        proposed += await store.propose(await withoutSeparated(deps.separated, chunk), clock.now());
      return proposed;
    },
    /** Counts by status and the last runs, newest first. */
    summary: async (): Promise<{
      readonly counts: Readonly<Record<ProposalStatus, number>>;
      readonly runs: readonly Run[];
    }> => ({ counts: await store.countByStatus(), runs: await store.runs(reportedRuns) }),
    /** Removes every trace of these profiles, for an erasure. */
    forget: store.forget,
    /** Ends the run under way, which begins anew with the next one. */
    stop: async (): Promise<void> => {
      stopping.abort();
      await underWay;
    },
  };
  return { ...face, routes: () => createDuplicateRoutes(face) };
}

export type Duplicates = ReturnType<typeof createDuplicates>;
