// One run: looks at every customer in whom something changed or whose time has come, a page at a time, and writes what follows in one
// transaction a page together with the renewed claim. Whoever lost the claim writes nothing; a run that dies is made up by the next.
import { type Clock, type Logger, newId, sha256Hex } from "../../kernel/index.ts";
import type { RuleSubject } from "../../kernel/rules/index.ts";
import { addressesOf } from "./channels.ts";
import { interestsOf, type ProductNow } from "./interests.ts";
import { isWatchable, loadPersons, type People, type Person, type SubjectOf } from "./person.ts";
import { type Known, type Look, type LookOptions, planLook } from "./plan-look.ts";
import { channelsOf } from "./reminder-body.ts";
import type { LiveReminder, ReminderSet } from "./reminder-set.ts";
import type { Sequence } from "./sequence.ts";
import type { ReminderSettings } from "./settings.ts";
import type { ReminderStore } from "./store.ts";

export type SelectionDeps = {
  readonly store: ReminderStore;
  readonly people: People;
  readonly current: () => ReminderSet;
  readonly subjectOf: SubjectOf;
  readonly isSuppressed: LookOptions["isSuppressed"];
  readonly productNow: ProductNow;
  readonly defaultStoreView: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default 60 s. */
  readonly leaseMs?: number;
  /** Customers that a run looks at, at most; the rest waits for the next one. Default 100,000. */
  readonly maxLooks?: number;
};

export type SelectionResult = { readonly runId: string; readonly counts: Readonly<Record<string, number>> };

const pageSize = 500;
const maxAttempts = 5;
const defaultLeaseMs = 60_000;
const defaultMaxLooks = 100_000;
const dayMs = 86_400_000;

class RunLost extends Error {}
class Outrun extends Error {}

/** Hashes of every address of these customers on the channels of some rules. */
export function addressHashesOf(
  persons: readonly Person[],
  subjects: readonly RuleSubject[],
  reminders: readonly Pick<LiveReminder, "body">[],
): readonly string[] {
  const channels = [...new Set(reminders.flatMap(({ body }) => channelsOf(body)))];
  return persons.flatMap((person, index) =>
    channels.flatMap((channel) => addressesOf(channel, person, subjects[index] ?? {}).map(hashOfAddress)),
  );
}

export function hashOfAddress(address: string): string {
  return sha256Hex(address);
}

type Page = {
  readonly profileIds: readonly string[];
  readonly queueIds?: readonly number[];
  /** Where a walk over everybody stands after this page. */
  readonly sweep?: { readonly ruleIds: readonly string[]; readonly after: string | null; readonly isLast: boolean };
};

type Run = {
  readonly runId: string;
  readonly settings: ReminderSettings;
  readonly counts: Record<string, number>;
  mailsLeft: number;
  looksLeft: number;
};

/** Makes runs. */
export function createSelection(deps: SelectionDeps) {
  const { store, people, clock } = deps;
  const leaseMs = deps.leaseMs ?? defaultLeaseMs;

  const knownOf = async (profileIds: readonly string[], sinceMs: number): Promise<(id: string) => Known> => {
    const sequences = new Map<string, Map<string, Sequence>>();
    for (const sequence of await store.sequences.newest(profileIds)) {
      const own = sequences.get(sequence.profileId) ?? new Map<string, Sequence>();
      sequences.set(sequence.profileId, own.set(sequence.ruleId, sequence));
    }
    const waiting = await store.sequences.waiting(profileIds);
    const times = await store.sequences.mailTimes(profileIds, sinceMs);
    return (id) => ({
      sequences: sequences.get(id) ?? new Map(),
      waiting: new Set(waiting.filter(({ profileId }) => profileId === id).map(({ ruleId }) => ruleId)),
      mailTimes: times.filter(({ profileId }) => profileId === id).map(({ at }) => at),
    });
  };

  /** Those who are gone: their rows go to whom they became, else nobody needs them. */
  const settleMissing = async (missing: readonly string[]): Promise<readonly string[]> => {
    const survivors: string[] = [];
    for (const profileId of missing) {
      const survivor = await people.survivorOf(profileId);
      await store.transaction(async (tx) => {
        if (survivor === undefined || survivor === profileId) return store.watch.unwatch(tx, [profileId]);
        await store.sequences.move(tx, profileId, survivor, clock.now());
      });
      if (survivor !== undefined && survivor !== profileId) survivors.push(survivor);
    }
    return survivors;
  };

  const lookAt = async (page: Page, run: Run): Promise<void> => {
    const nowMs = clock.now();
    const found = await loadPersons(people, page.profileIds);
    const survivors = await settleMissing(page.profileIds.filter((id) => !found.has(id)));
    const joined = survivors.filter((id) => !found.has(id));
    const persons = [...found.values(), ...(await loadPersons(people, joined)).values()];
    const { cap, failureThreshold } = run.settings;
    const ids = persons.map(({ profileId }) => profileId);
    const known = await knownOf(ids, nowMs - (cap?.days ?? 0) * dayMs);
    const subjects = persons.map((person) => deps.subjectOf(person));
    const { reminders, uses } = deps.current();
    const awaits = uses.priceDrop || uses.backInStock.size > 0;
    const failing =
      failureThreshold === 0
        ? new Map<string, number>()
        : await store.mails.failures(addressHashesOf(persons, subjects, reminders));
    const options: LookOptions = {
      nowMs,
      cap,
      failureThreshold,
      defaultStoreView: deps.defaultStoreView,
      isSuppressed: deps.isSuppressed,
      failuresOf: (address) => failing.get(hashOfAddress(address)) ?? 0,
      newId: () => newId(nowMs),
    };
    let mailsLeft = run.mailsLeft;
    const counts = { ...run.counts };
    const looks: (Look & { readonly profileId: string })[] = [];
    const unwatched: string[] = [];
    const interests = awaits ? persons.flatMap((person) => interestsOf(person, uses, deps.productNow, nowMs)) : [];
    persons.forEach((person, index) => {
      const { profileId } = person;
      if (mailsLeft <= 0) {
        looks.push({ profileId, sequences: [], mails: [], lookAt: nowMs });
        return;
      }
      const look = planLook(reminders, person, subjects[index] ?? {}, known(profileId), options);
      mailsLeft -= look.mails.filter(({ state }) => state === "due").length;
      countLook(counts, look, known(profileId));
      if (reminders.length > 0 && isWatchable(person.state, uses)) looks.push({ profileId, ...look });
      else {
        looks.push({ profileId, ...look, lookAt: nowMs });
        unwatched.push(profileId);
      }
    });
    await store.transaction(async (tx) => {
      // The claim first: its row keeps two runs from writing at once.
      if (!(await store.runs.renew(tx, run.runId, clock.now() + leaseMs, counts))) throw new RunLost();
      const sequences = looks.flatMap((look) => look.sequences);
      if (!(await store.sequences.write(tx, sequences))) throw new Outrun();
      if (
        !(await store.sequences.addMails(
          tx,
          looks.flatMap((look) => look.mails),
        ))
      )
        throw new Outrun();
      const gone = new Set(unwatched);
      await store.watch.watch(
        tx,
        looks.filter(({ profileId }) => !gone.has(profileId)),
      );
      await store.watch.unwatch(tx, unwatched);
      await store.interests.replace(
        tx,
        looks.flatMap(({ profileId }) => (gone.has(profileId) ? [] : profileId)),
        interests.filter(({ profileId }) => !gone.has(profileId)),
      );
      await store.watch.remove(tx, page.queueIds ?? []);
      if (page.sweep)
        await store.watch.moveSweeps(tx, page.sweep.ruleIds, page.sweep.after, page.sweep.isLast ? nowMs : null);
    });
    Object.assign(run.counts, counts);
    run.mailsLeft = mailsLeft;
    run.looksLeft -= persons.length;
  };

  /** A page that a sender or the event path got in the way of is looked at anew. */
  const lookAtPage = async (page: Page, run: Run): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await lookAt(page, run);
        return;
      } catch (error) {
        if (!(error instanceof Outrun) || attempt >= maxAttempts) throw error;
      }
    }
  };

  const mayGoOn = (run: Run): boolean => run.mailsLeft > 0 && run.looksLeft > 0;

  const drainQueue = async (run: Run): Promise<void> => {
    while (mayGoOn(run)) {
      const queued = await store.watch.queued(pageSize);
      if (queued.length === 0) return;
      const queueIds = queued.flatMap((each) => each.queueIds);
      await lookAtPage({ profileIds: queued.map(({ profileId }) => profileId), queueIds }, run);
    }
  };

  const lookAtDue = async (run: Run): Promise<void> => {
    // What this run postpones is not for this run.
    const until = clock.now();
    while (mayGoOn(run)) {
      const profileIds = await store.watch.due(until, pageSize);
      if (profileIds.length === 0) return;
      await lookAtPage({ profileIds }, run);
    }
  };

  /** Rules that went live or changed: the walks that are not finished go on, those of one place together. */
  const sweep = async (run: Run): Promise<void> => {
    const { reminders, uses } = deps.current();
    const stored = new Map((await store.watch.sweeps()).map((each) => [each.ruleId, each]));
    const fresh = reminders.filter(({ id, version }) => stored.get(id)?.version !== version);
    const liveIds = reminders.map(({ id }) => id);
    if (fresh.length > 0 || stored.size > liveIds.length) await store.watch.beginSweeps(fresh, liveIds);
    while (mayGoOn(run)) {
      const open = (await store.watch.sweeps()).filter(({ isFinished }) => !isFinished);
      if (open.length === 0) return;
      const [least = null] = open.map(({ afterProfileId }) => afterProfileId ?? "").sort();
      const after = least === "" ? null : least;
      const ruleIds = open.filter((each) => each.afterProfileId === after).map(({ ruleId }) => ruleId);
      const rows = await people.scan(after, pageSize);
      const profileIds = rows.filter(({ state }) => isWatchable(state, uses)).map(({ profileId }) => profileId);
      const isLast = rows.length < pageSize;
      run.counts["swept"] = (run.counts["swept"] ?? 0) + rows.length;
      run.looksLeft -= rows.length - profileIds.length;
      await lookAtPage({ profileIds, sweep: { ruleIds, after: rows.at(-1)?.profileId ?? after, isLast } }, run);
    }
  };

  return {
    /**
     * Makes a run. May be repeated; two at once are impossible, and a run that dies loses nothing.
     *
     * @returns undefined when another process makes one, or took this one over
     */
    run: async (settings: ReminderSettings): Promise<SelectionResult | undefined> => {
      const startedAt = clock.now();
      const runId = newId(startedAt);
      if (!(await store.runs.begin(runId, startedAt, startedAt + leaseMs))) return undefined;
      const run: Run = {
        runId,
        settings,
        counts: {},
        mailsLeft: settings.maxMailsPerRun,
        looksLeft: deps.maxLooks ?? defaultMaxLooks,
      };
      try {
        await drainQueue(run);
        await lookAtDue(run);
        await sweep(run);
        await store.runs.finish(runId, "finished", null, clock.now());
        return { runId, counts: run.counts };
      } catch (error) {
        if (error instanceof RunLost) return undefined;
        const message = error instanceof Error ? error.message : "unknown failure";
        await store.runs.finish(runId, "failed", message.slice(0, 500), clock.now());
        throw error;
      }
    },
  };
}

function countLook(counts: Record<string, number>, look: Look, known: Known): void {
  const add = (name: string) => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  add("looked");
  for (const { state, reason } of look.mails) add(state === "due" ? "due" : `skipped:${reason}`);
  for (const sequence of look.sequences) {
    const before = known.sequences.get(sequence.ruleId);
    if (before?.sequence !== sequence.sequence) add("begun");
    if (sequence.endedReason !== null && (before?.sequence !== sequence.sequence || before.endedAt === null))
      add(`ended:${sequence.endedReason}`);
  }
}

export type Selection = ReturnType<typeof createSelection>;
