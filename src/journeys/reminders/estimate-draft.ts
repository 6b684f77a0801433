// Whom a rule would remind now, before it is published: customers are judged one after the other, for a second or two.
import type { LiveDefinition } from "../../definitions/index.ts";
import type { Clock } from "../../kernel/index.ts";
import type { Channel } from "./channels.ts";
import type { ReminderExplanation } from "./explain-reminder.ts";
import { isWatchable, loadPersons, type People, type Person } from "./person.ts";
import type { ReminderBody } from "./reminder-body.ts";
import { buildReminderSet, type CompileRule, type LiveReminder } from "./reminder-set.ts";
import { stepDates } from "./step-dates.ts";

export type ReminderDraft = {
  readonly body: ReminderBody;
  /** Null = all. */
  readonly storeViews: readonly string[] | null;
  /** The rule that is live under this key: what it sent already counts. */
  readonly live: Pick<LiveReminder, "id" | "key" | "name"> | undefined;
};

/** One text of a rule and how many customers would get it. */
export type DueText = {
  readonly channel: Channel;
  readonly storeView: string;
  /** Key. */
  readonly template: string;
  readonly count: number;
};

export type ReminderEstimate = {
  /** Customers that were judged. */
  readonly checked: number;
  /** All were; else there are more, and the counts are of those that were judged. */
  readonly isComplete: boolean;
  /** A message would be made due by the next run. */
  readonly due: number;
  /** The rule has its occasion, but something is against a message, by reason. */
  readonly hindered: Readonly<Record<string, number>>;
  /** Which text those who are due would get; the most frequent first, at most 100. */
  readonly texts: readonly DueText[];
  readonly samples: readonly ReminderExplanation[];
  /** When messages would go out to somebody who is due now, UTC ms. */
  readonly dates: readonly number[];
  readonly timezone: string;
};

export type EstimateDeps = {
  readonly people: People;
  readonly clock: Clock;
  readonly compile: CompileRule;
  readonly timezone: string;
  readonly explain: (reminder: LiveReminder, persons: readonly Person[]) => Promise<readonly ReminderExplanation[]>;
  /** Milliseconds for one estimate; default 2 s. */
  readonly limitMs?: number;
};

const pageSize = 500;
const mostChecked = 50_000;
const mostSamples = 10;
const mostTexts = 100;
const defaultLimitMs = 2_000;

/** Counts the texts of customers who are due. */
function countTexts() {
  const counts = new Map<string, DueText>();
  return {
    add: ({ channel, storeView, template }: ReminderExplanation): void => {
      if (channel === null || template === null) return;
      const key = JSON.stringify([channel, storeView, template]);
      counts.set(key, { channel, storeView, template, count: (counts.get(key)?.count ?? 0) + 1 });
    },
    most: (): readonly DueText[] =>
      [...counts.values()]
        .sort((a, b) => b.count - a.count || (a.storeView < b.storeView ? -1 : a.storeView > b.storeView ? 1 : 0))
        .slice(0, mostTexts),
  };
}

/** The draft must be without faults. */
export function createEstimate({ people, clock, compile, timezone, explain, limitMs = defaultLimitMs }: EstimateDeps) {
  return async ({ body, storeViews, live }: ReminderDraft): Promise<ReminderEstimate> => {
    const definition: LiveDefinition<ReminderBody> = {
      ...{ kind: "reminder-rule", key: live?.key ?? "draft", name: live?.name ?? "Draft", version: 0, body },
      ...{ id: live?.id ?? "00000000-0000-4000-8000-000000000000", scope: { storeViews }, schedule: null },
      ...{ window: { fromMs: null, toMs: null }, updatedAt: 0 },
    };
    const { reminders, uses } = buildReminderSet([definition], compile, timezone);
    const [reminder] = reminders;
    if (!reminder) throw new Error("one definition makes one rule");
    const hindered: Record<string, number> = {};
    const due: ReminderExplanation[] = [];
    const others: ReminderExplanation[] = [];
    const texts = countTexts();
    const startedAt = clock.now();
    // The clock of a test stands still: the limit is one of this process.
    const until = performance.now() + limitMs;
    let [checked, dueCount, isComplete] = [0, 0, false];
    for (let after: string | null = null; checked < mostChecked && performance.now() < until; ) {
      const rows: Awaited<ReturnType<People["scan"]>> = await people.scan(after, pageSize);
      const ids = rows.filter(({ state }) => isWatchable(state, uses)).map(({ profileId }) => profileId);
      const persons = [...(await loadPersons(people, ids)).values()];
      for (const explanation of await explain(reminder, persons)) {
        const { step, why, hindrance } = explanation;
        const reason = step === null ? hindrance : why;
        if (step !== null && why === null) {
          dueCount += 1;
          texts.add(explanation);
          if (due.length < mostSamples) due.push(explanation);
        } else if (reason !== null) {
          hindered[reason] = (hindered[reason] ?? 0) + 1;
          if (others.length < mostSamples) others.push(explanation);
        }
      }
      checked += rows.length;
      isComplete = rows.length < pageSize;
      if (isComplete) break;
      after = rows.at(-1)?.profileId ?? after;
    }
    return {
      ...{ checked, isComplete, due: dueCount, hindered },
      texts: texts.most(),
      samples: [...due, ...others].slice(0, mostSamples),
      dates: stepDates(startedAt, reminder.plan.repeatDays, reminder.plan.timezone),
      timezone: reminder.plan.timezone,
    };
  };
}
