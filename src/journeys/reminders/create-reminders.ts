import type { AuditTrail } from "../../access/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import type { Sql } from "../../storage/index.ts";
import { createEstimate, type ReminderEstimate } from "./estimate-draft.ts";
import { explainReminder, type ReminderExplanation } from "./explain-reminder.ts";
import { createHandOut, type HandOutDeps } from "./hand-out.ts";
import { createNotice } from "./notice-products.ts";
import { loadPersons, type Person } from "./person.ts";
import type { LookOptions } from "./plan-look.ts";
import { readRecovery, type Seal, signRecovery } from "./recovery-link.ts";
import type { ReminderBody } from "./reminder-body.ts";
import { createReminderKind, type ReminderRuleChecks } from "./reminder-kind.ts";
import { buildReminderSet, type CompileRule, type LiveReminder, type ReminderSet } from "./reminder-set.ts";
import { type ReminderReport, reportOf } from "./report.ts";
import { createReminderRoutes } from "./routes.ts";
import {
  addressHashesOf,
  createSelection,
  hashOfAddress,
  type SelectionDeps,
  type SelectionResult,
} from "./select-due.ts";
import type { Sequence } from "./sequence.ts";
import { nextRunAt, type ReminderSettings } from "./settings.ts";
import type { ReminderStore } from "./store.ts";
import type { MailRow } from "./store-mails.ts";
import type { StoredSettings } from "./store-runs.ts";
import { watchProfiles } from "./watch-profiles.ts";

export type RemindersDeps = Omit<HandOutDeps, "current" | "recoveryUrl"> &
  Pick<SelectionDeps, "maxLooks" | "productNow"> & {
    readonly store: ReminderStore;
    readonly rules: ReminderRuleChecks & { readonly compileFor: CompileRule };
    /** Live rules. */
    readonly live: () => readonly LiveDefinition<ReminderBody>[];
    /** Zone of runs and of rules that name none, IANA. */
    readonly timezone: string;
    readonly publicUrl: string;
    readonly box: Seal;
    readonly audit?: Pick<AuditTrail, "record">;
    /** How long a process may be silent during a run before another takes it over; default 60 s. */
    readonly runLeaseMs?: number;
  };

/** Who changes settings. */
export type SettingsEditor = { readonly actor: string; readonly via: "ui" | "api"; readonly requestId: string };

export type DuePage = { readonly items: readonly ReminderExplanation[]; readonly nextAfter: string | null };
export type ProfileView = ReminderExplanation & {
  readonly sequences: readonly Sequence[];
  readonly mails: readonly MailRow[];
};

const runsKeptMs = 90 * 86_400_000;

/** E-mail reminder rules: who is due, with which step, code and variables; exactly once each. See docs/manual/reminders.md. */
export function createReminders(deps: RemindersDeps) {
  const { store, clock } = deps;
  let known: { readonly live: readonly LiveDefinition<ReminderBody>[]; readonly set: ReminderSet } | undefined;
  const current = (): ReminderSet => {
    const live = deps.live();
    if (known?.live !== live) known = { live, set: buildReminderSet(live, deps.rules.compileFor, deps.timezone) };
    return known.set;
  };
  const recoveryUrl: HandOutDeps["recoveryUrl"] = (claim, storeUrl) => {
    const token = signRecovery(claim, deps.box, clock.now());
    // The shop's own page fills the cart; without one the link tells what is in it.
    if (!URL.canParse(storeUrl)) return `${deps.publicUrl}/v1/reminders/carts/${encodeURIComponent(token)}`;
    const url = new URL(storeUrl);
    url.searchParams.set("clientele_cart", token);
    return url.toString();
  };
  const shared = { ...deps, current };
  const { runLeaseMs } = deps;
  const selection = createSelection({
    ...shared,
    ...(runLeaseMs === undefined ? { leaseMs: 60_000 } : { leaseMs: runLeaseMs }),
  });
  const news = createNotice({ store, current, productNow: deps.productNow, clock });
  const handOut = createHandOut({ ...shared, recoveryUrl });

  const find = (key: string): LiveReminder => {
    const reminder = current().reminders.find((each) => each.key === key || each.id === key);
    if (!reminder) throw new ClienteleError("reminders.notFound", `there is no live reminder rule ${key}`);
    return reminder;
  };

  const explain = async (
    reminder: LiveReminder,
    persons: readonly Person[],
  ): Promise<readonly ReminderExplanation[]> => {
    const ids = persons.map(({ profileId }) => profileId);
    const { settings } = await store.runs.settings();
    const sequences = await store.sequences.newest(ids);
    const waiting = await store.sequences.waiting(ids);
    const subjects = persons.map((person) => deps.subjectOf(person));
    const failing = await store.mails.failures(addressHashesOf(persons, subjects, [reminder]));
    const options: Omit<LookOptions, "cap" | "newId"> = {
      nowMs: clock.now(),
      defaultStoreView: deps.defaultStoreView,
      failureThreshold: settings.failureThreshold,
      isSuppressed: deps.isSuppressed,
      failuresOf: (address) => failing.get(hashOfAddress(address)) ?? 0,
    };
    return persons.map((person, index) => {
      const isOwn = (each: { readonly profileId: string; readonly ruleId: string }) =>
        each.profileId === person.profileId && each.ruleId === reminder.id;
      return explainReminder(
        reminder,
        person,
        subjects[index] ?? {},
        sequences.find(isOwn),
        waiting.some(isOwn),
        options,
      );
    });
  };

  const estimateDraft = createEstimate({
    ...{ people: deps.people, clock, compile: deps.rules.compileFor, timezone: deps.timezone, explain },
  });

  const run = async (): Promise<SelectionResult | undefined> => {
    const { settings } = await store.runs.settings();
    return selection.run(settings);
  };

  const kind = createReminderKind(deps.rules);
  const reminders = {
    kind,
    timezone: deps.timezone,
    watch: watchProfiles({ store, clock, current }),
    /** Products of the catalog changed. */
    productsChanged: news.changed,
    /** Job, every few seconds: finds who waited for what changed in the catalog, and makes a run when one is due. May be called in several processes. */
    runIfDue: async (): Promise<void> => {
      await news.notice();
      const { settings, lastRunAt } = await store.runs.settings();
      const at = nextRunAt(settings, lastRunAt, deps.timezone);
      if (at !== null && at <= clock.now()) await selection.run(settings);
    },
    noticeProducts: news.notice,
    /** Makes a run now. @throws {ClienteleError} `reminders.running` */
    runNow: async (): Promise<SelectionResult> => {
      await news.notice();
      const result = await run();
      if (!result) throw new ClienteleError("reminders.running", "a run of reminders is under way; wait for its end");
      return result;
    },
    due: handOut.due,
    settle: handOut.settle,
    find,
    /** Customers for whom a run would do something now, in order of id; judged as a run would. */
    preview: async (key: string, limit: number, after: string | null): Promise<DuePage> => {
      const reminder = find(key);
      const ids = await store.watch.candidates(clock.now(), after, limit);
      const persons = await loadPersons(deps.people, ids);
      const all = await explain(reminder, [...persons.values()]);
      const items = all.filter(({ step, end }) => step !== null || end !== null);
      return { items, nextAfter: ids.length < limit ? null : (ids.at(-1) ?? null) };
    },
    /**
     * Whom a rule would remind now, as a draft has it.
     *
     * @param key of the rule, whose past counts when it is live
     * @throws {ClienteleError} `reminders.badRule` with all faults
     */
    estimate: async (
      key: string | undefined,
      body: ReminderBody,
      storeViews: readonly string[] | null,
    ): Promise<ReminderEstimate> => {
      const details = (await kind.check?.(body, { key: key ?? "draft", scope: { storeViews }, live: () => [] })) ?? [];
      if (details.length > 0)
        throw new ClienteleError("reminders.badRule", `the rule has ${details.length} faults`, { details });
      return estimateDraft({ body, storeViews, live: current().reminders.find((each) => each.key === key) });
    },
    /** Why, or why not, somebody is reminded; with everything that was. @throws {ClienteleError} `profiles.notFound` */
    profile: async (key: string, profileId: string): Promise<ProfileView> => {
      const reminder = find(key);
      const person = (await loadPersons(deps.people, [profileId])).get(profileId);
      if (!person) throw new ClienteleError("profiles.notFound", `there is no profile ${profileId}`);
      const [explanation] = await explain(reminder, [person]);
      if (!explanation) throw new Error("a person has one explanation");
      const sequences = await store.sequences.ofProfile(profileId, reminder.id);
      return { ...explanation, sequences, mails: await store.mails.ofProfile(profileId, reminder.id) };
    },
    report: async (key: string, from: number, to: number): Promise<ReminderReport> => {
      const { id } = find(key);
      return reportOf(await store.reports.mails(id, from, to), await store.reports.sequences(id, from, to));
    },
    runs: store.runs.list,
    settings: async (): Promise<StoredSettings & { readonly nextRunAt: number | null }> => {
      const stored = await store.runs.settings();
      return { ...stored, nextRunAt: nextRunAt(stored.settings, stored.lastRunAt, deps.timezone) };
    },
    /** @throws {ClienteleError} `reminders.settingsChanged` */
    changeSettings: async (settings: ReminderSettings, etag: number, editor: SettingsEditor): Promise<void> => {
      const before = await store.runs.settings();
      await store.transaction(async (tx) => {
        if (!(await store.runs.changeSettings(tx, settings, etag)))
          throw new ClienteleError("reminders.settingsChanged", `the settings no longer have etag ${etag}`);
        await deps.audit?.record(tx, {
          ...editor,
          action: "reminder-settings.change",
          objectKind: "reminder-settings",
          objectId: "settings",
          before: before.settings,
          after: settings,
        });
      });
    },
    /** The cart behind a link of a mail. @throws {ClienteleError} `reminders.badLink` */
    cartOf: async (token: string) => {
      const claim = readRecovery(token, deps.box, clock.now());
      const id = claim && ((await deps.people.survivorOf(claim.profileId)) ?? claim.profileId);
      const person = id === undefined ? undefined : (await loadPersons(deps.people, [id])).get(id);
      const cart = person?.state.cart;
      if (!cart) throw new ClienteleError("reminders.badLink", "the link is too old, or the cart is no longer there");
      return {
        cartId: cart.cartId,
        items: cart.items.map(({ sku, parentSku, qty }) => ({ sku, qty, parentSku: parentSku ?? null })),
      };
    },
    now: clock.now,
    /** Job, once an hour. */
    maintain: async (): Promise<void> => {
      await store.watch.compact();
      await store.runs.forget(clock.now() - runsKeptMs);
    },
    /** Deletes everything of a person, in the transaction of the erasure. */
    erase: (tx: Sql, profileIds: readonly string[], addresses: readonly string[]): Promise<number> =>
      store.erase(
        tx,
        profileIds,
        // Mail addresses are written to in lower case, devices by the name that they gave.
        addresses.flatMap((address) => [hashOfAddress(address), hashOfAddress(address.trim().toLowerCase())]),
      ),
  };
  return { ...reminders, routes: () => createReminderRoutes(reminders) };
}

export type Reminders = Omit<ReturnType<typeof createReminders>, "routes">;
