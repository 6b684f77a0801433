// Erasures, step by step. Each step is noted in PostgreSQL and may be repeated, so a request goes on after a kill where it was.
//
// find   who it is: the profile, those merged into it, every identifier
// hold   events of these identifiers are dropped from now on, and everything accepted before reaches the event store; only then
//        is nothing of the person under way
// records  one transaction deletes the person from every PostgreSQL table
// events   event store, files, queues of other systems
// scrub    the bytes: tables, log and replaced parts are written anew, once for all requests that have come so far
import { setTimeout as pause } from "node:timers/promises";
import { ClienteleError, type Clock, type Logger, newId } from "../kernel/index.ts";
import type { Person, PersonIdentifier } from "../profiles/index.ts";
import type { Sql } from "../storage/index.ts";
import type { PrivacyParticipant } from "./participant.ts";
import type { ErasureStep, PrivacyRequest } from "./request.ts";
import { personalPrivacyTables, type RequestStore } from "./store.ts";
import type { SweepStore } from "./store-sweep.ts";
import type { Suppression } from "./suppression.ts";

export type RunnerDeps = {
  readonly store: RequestStore;
  readonly sweep: SweepStore;
  readonly suppression: Suppression;
  readonly participants: readonly PrivacyParticipant[];
  readonly personOf: (profileId: string, sql?: Sql) => Promise<Person | undefined>;
  /** Remembers what is accepted by now. @returns whether all of that has reached the event store */
  readonly acceptedSoFar: () => Promise<() => Promise<boolean>>;
  /** Writes what this process has gathered about decisions. */
  readonly flushExposures: () => Promise<void>;
  /** Replaced parts of the event store that are still on disk; 0 where the store is not ours to clean. */
  readonly replacedParts: () => Promise<number>;
  /** Tells every process to forget the persons of a request. */
  readonly forgetEverywhere: (request: PrivacyRequest, person: Person) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
};

const leaseMs = 300_000;
const maxPerRun = 50;
const maxAttempts = 8;
const firstRetryMs = 5_000;
const maxRetryMs = 600_000;
const drainLimitMs = 120_000;
const partsLimitMs = 60_000;
const pollMs = 50;
const maxRounds = 5;
/** A request that passed the door before the hold may still be on its way into the inbox; other processes learn of it within a second. */
const underWayMs = { embedded: 250, server: 2_500 } as const;

const nobody: Person = { profileIds: [], identifiers: [] };

const identifierText = ({ namespace, value, validFrom, validTo }: PersonIdentifier): string =>
  JSON.stringify([namespace, value, validFrom, validTo]);

/** Both, without repeats. */
function unite(a: Person, b: Person): Person {
  const identifiers = new Map([...a.identifiers, ...b.identifiers].map((each) => [identifierText(each), each]));
  return { profileIds: [...new Set([...a.profileIds, ...b.profileIds])], identifiers: [...identifiers.values()] };
}

export function createRunner(deps: RunnerDeps) {
  const { store, sweep, suppression, participants, clock, logger } = deps;
  const worker = newId();
  let running: Promise<number> | undefined;

  const waitFor = async (isDone: () => Promise<boolean>, limitMs: number, what: string): Promise<void> => {
    const deadline = performance.now() + limitMs;
    while (!(await isDone())) {
      if (performance.now() > deadline) throw new ClienteleError("privacy.waiting", `${what} did not come to rest`);
      await pause(pollMs);
    }
  };

  const note = async (
    request: PrivacyRequest,
    step: ErasureStep,
    person: Person,
    counts = request.counts,
    sql?: Sql,
  ): Promise<void> => {
    const change = { step, person, counts, at: clock.now(), leaseMs, worker };
    if (!(await store.progress(request.requestId, change, sql)))
      throw new ClienteleError("privacy.waiting", `request ${request.requestId} was taken over by another process`);
  };

  /** The person as far as they are known by now. */
  const find = async (request: PrivacyRequest): Promise<Person> => {
    const found = request.profileId === null ? undefined : await deps.personOf(request.profileId);
    return unite(found ?? nobody, request.person ?? nobody);
  };

  const hold = (request: PrivacyRequest, { identifiers }: Person): Promise<void> => {
    const lasting = request.mode === "suppress" || request.mode === "delete_and_suppress";
    // An identifier that has changed hands is somebody else's.
    const own = identifiers.filter(({ validTo }) => validTo === null);
    return suppression.add(own, request.requestId, lasting);
  };

  /** Holds, and lets everything that is under way come in; what came in may have brought more identifiers. */
  const holdAll = async (request: PrivacyRequest): Promise<Person> => {
    let person = await find(request);
    for (let round = 1; ; round += 1) {
      await hold(request, person);
      await note(request, "hold", person);
      await pause(store.isShared ? underWayMs.server : underWayMs.embedded);
      await waitFor(await deps.acceptedSoFar(), drainLimitMs, "the event path");
      const grown = unite(person, await find(request));
      const isSame =
        grown.identifiers.length === person.identifiers.length && grown.profileIds.length === person.profileIds.length;
      if (isSame) return person;
      if (round === maxRounds) throw new ClienteleError("privacy.waiting", "the person's identifiers keep changing");
      person = grown;
    }
  };

  const eraseRecords = async (request: PrivacyRequest, person: Person): Promise<PrivacyRequest> => {
    const swept = await sweep.tables();
    const counts: Record<string, number> = { ...request.counts };
    await store.transaction(async (tx) => {
      // Somebody else's event may have merged the profile away a moment ago.
      const now = request.profileId === null ? undefined : await deps.personOf(request.profileId, tx);
      if (now?.profileIds.some((id) => !person.profileIds.includes(id)))
        throw new ClienteleError("privacy.waiting", "the profile was merged meanwhile");
      for (const participant of participants) {
        const erased =
          (await participant.erase?.(tx, { person, mode: request.mode, requestId: request.requestId })) ?? 0;
        counts[participant.name] = (counts[participant.name] ?? 0) + erased;
      }
      counts["others"] = (counts["others"] ?? 0) + (await sweep.erase(tx, swept, person));
      await note(request, "events", person, counts, tx);
    });
    await deps.forgetEverywhere(request, person);
    return { ...request, step: "events", person, counts };
  };

  const eraseElsewhere = async (request: PrivacyRequest, person: Person): Promise<PrivacyRequest> => {
    // Decisions of the last second may still name the profile; other processes write theirs within one.
    if (store.isShared) await pause(underWayMs.server);
    await deps.flushExposures();
    const counts: Record<string, number> = { ...request.counts };
    const erasure = { person, mode: request.mode, requestId: request.requestId };
    for (const { name, eraseElsewhere: erase } of participants)
      if (erase) counts[name] = (counts[name] ?? 0) + (await erase(erasure));
    // Once more: a read that was under way may have brought something back.
    await deps.forgetEverywhere(request, person);
    await note(request, "scrub", person, counts);
    return { ...request, step: "scrub", counts };
  };

  /** Takes a request up to its last bytes. @returns the request when they are left to clean */
  const advance = async (given: PrivacyRequest): Promise<PrivacyRequest | undefined> => {
    let request = given;
    if (request.step === "find" || request.step === "hold") {
      const first = await find(request);
      if (
        first.profileIds.length === 0 &&
        (request.mode === "delete" || request.mode === "anonymise" || first.identifiers.length === 0)
      ) {
        await store.end(request.requestId, worker, "invalid", clock.now(), "profiles.notFound");
        await suppression.lift([request.requestId]);
        return undefined;
      }
      if (request.mode === "suppress") {
        await hold(request, first);
        for (const participant of participants) await participant.suppressed?.(first);
        await store.end(request.requestId, worker, "finished", clock.now());
        return undefined;
      }
      request = await eraseRecords(request, await holdAll({ ...request, person: first }));
    }
    if (request.step === "events") request = await eraseElsewhere(request, request.person ?? nobody);
    return request.step === "scrub" ? request : undefined;
  };

  /** The bytes of all requests at once: tables are written anew as a whole. */
  const scrub = async (requests: readonly PrivacyRequest[]): Promise<void> => {
    const ids = requests.map(({ requestId }) => requestId);
    await store.forgetPersons(ids);
    await suppression.lift(ids);
    await waitFor(async () => (await deps.replacedParts()) === 0, partsLimitMs, "the event store");
    const tables = [
      ...participants.flatMap((participant) => participant.tables),
      ...(await sweep.tables()).map(({ name }) => name),
    ];
    await store.scrub([...new Set([...tables, ...personalPrivacyTables])]);
    for (const id of ids) await store.end(id, worker, "finished", clock.now());
    logger.info({ requests: ids }, "privacy requests finished");
  };

  const failed = async (request: PrivacyRequest, error: unknown): Promise<void> => {
    const code = error instanceof ClienteleError ? error.code : "http.internal";
    const isLast = request.attempts + 1 >= maxAttempts;
    const begun = request.step === "events" || request.step === "scrub";
    logger[isLast ? "error" : "warn"](
      { err: error, requestId: request.requestId, step: request.step },
      "privacy request failed",
    );
    const delay = Math.min(firstRetryMs * 2 ** request.attempts, maxRetryMs);
    const now = clock.now();
    await store.fail(
      request.requestId,
      worker,
      isLast ? "failed" : begun ? "partial" : "initialized",
      code,
      now,
      isLast ? null : now + delay,
    );
  };

  const runOnce = async (): Promise<number> => {
    const requests = await store.claim(worker, clock.now(), leaseMs, maxPerRun);
    const left: PrivacyRequest[] = [];
    for (const request of requests) {
      try {
        const advanced = await advance(request);
        if (advanced) left.push(advanced);
      } catch (error) {
        // The step that is stored, not the one that was read: it decides what a person is told.
        await failed((await store.find(request.requestId)) ?? request, error);
      }
    }
    if (left.length === 0) return requests.length;
    try {
      await scrub(left);
    } catch (error) {
      for (const request of left) await failed(request, error);
    }
    return requests.length;
  };

  return {
    /** Works off what is due; a call during a run joins it. @returns number of requests looked at */
    run: (): Promise<number> => {
      running ??= runOnce().finally(() => {
        running = undefined;
      });
      return running;
    },
    /** After the run under way. */
    stop: async (): Promise<void> => {
      await running?.catch(() => undefined);
    },
  };
}

export type Runner = ReturnType<typeof createRunner>;
