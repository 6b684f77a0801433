import type { Postgres } from "../../storage/index.ts";
import type { EndReason, MailState } from "./sequence.ts";

export type MailCount = {
  readonly step: number;
  readonly state: MailState;
  readonly reason: string | null;
  readonly count: number;
};
export type SequenceCount = {
  readonly control: boolean;
  /** Null = under way. */
  readonly reason: EndReason | null;
  readonly count: number;
};

const iso = (at: number) => new Date(at).toISOString();

/** What came of a rule. */
export function reportStore(postgres: Postgres) {
  return {
    mails: async (ruleId: string, from: number, to: number): Promise<readonly MailCount[]> => {
      const { rows } = await postgres.query<MailCount>(
        `select m.step, m.state, m.reason, count(*) as count from reminder_mails m
         where m.rule_id = $1 and m.due_at >= $2 and m.due_at < $3
         group by m.step, m.state, m.reason order by m.step, m.state, m.reason`,
        [ruleId, iso(from), iso(to)],
      );
      return rows;
    },
    sequences: async (ruleId: string, from: number, to: number): Promise<readonly SequenceCount[]> => {
      const { rows } = await postgres.query<SequenceCount>(
        `select s.control, s.ended_reason as reason, count(*) as count from reminder_sequences s
         where s.rule_id = $1 and s.first_match_at >= $2 and s.first_match_at < $3
         group by s.control, s.ended_reason order by s.control, s.ended_reason`,
        [ruleId, iso(from), iso(to)],
      );
      return rows;
    },
    /** Sequences under way, and mails that wait. */
    open: async (ruleId: string): Promise<{ readonly sequences: number; readonly mails: number }> => {
      const { rows } = await postgres.query<{ sequences: number; mails: number }>(
        `select (select count(*) from reminder_sequences s where s.rule_id = $1 and s.ended_at is null) as sequences,
           (select count(*) from reminder_mails m where m.rule_id = $1 and m.state in ('due', 'claimed')) as mails`,
        [ruleId],
      );
      return rows[0] ?? { sequences: 0, mails: 0 };
    },
  };
}
