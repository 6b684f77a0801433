import type { MailCount, SequenceCount } from "./store-report.ts";

export type Group = {
  /** Customers for whom the rule began. */
  readonly begun: number;
  readonly bought: number;
  /** Share of those who bought, 0 to 1; null when the rule began for nobody. */
  readonly ratio: number | null;
};

export type ReminderReport = {
  readonly steps: readonly {
    readonly step: number;
    readonly sent: number;
    readonly waiting: number;
    readonly failed: number;
    readonly skipped: Readonly<Record<string, number>>;
  }[];
  readonly ended: Readonly<Record<string, number>>;
  readonly active: number;
  readonly reminded: Group;
  readonly control: Group;
  /** How much more of the reminded bought than of the control group, in points of the ratio; null without a control group. */
  readonly lift: number | null;
};

function groupOf(counts: readonly SequenceCount[]): Group {
  const begun = counts.reduce((sum, { count }) => sum + count, 0);
  const bought = counts.filter(({ reason }) => reason === "bought").reduce((sum, { count }) => sum + count, 0);
  return { begun, bought, ratio: begun === 0 ? null : bought / begun };
}

/** What came of a rule; the numbers reconcile: begun = active + ended. */
export function reportOf(mails: readonly MailCount[], sequences: readonly SequenceCount[]): ReminderReport {
  const numbers = [...new Set(mails.map(({ step }) => step))].sort((a, b) => a - b);
  const reminded = groupOf(sequences.filter(({ control }) => !control));
  const control = groupOf(sequences.filter((each) => each.control));
  const ended: Record<string, number> = {};
  let active = 0;
  for (const { reason, count } of sequences) {
    if (reason === null) active += count;
    else ended[reason] = (ended[reason] ?? 0) + count;
  }
  return {
    steps: numbers.map((step) => {
      const own = mails.filter((mail) => mail.step === step);
      const sum = (...states: readonly string[]) =>
        own.filter(({ state }) => states.includes(state)).reduce((all, { count }) => all + count, 0);
      const skipped: Record<string, number> = {};
      for (const { state, reason, count } of own)
        if (state === "skipped") skipped[reason ?? "other"] = (skipped[reason ?? "other"] ?? 0) + count;
      return { step, sent: sum("sent"), waiting: sum("due", "claimed"), failed: sum("failed"), skipped };
    }),
    ended,
    active,
    reminded,
    control,
    lift: reminded.ratio === null || control.ratio === null ? null : reminded.ratio - control.ratio,
  };
}
