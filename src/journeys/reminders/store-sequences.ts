import type { Postgres, Sql } from "../../storage/index.ts";
import type { EndReason, NewMail, Sequence } from "./sequence.ts";

const iso = (at: number) => new Date(at).toISOString();
const isoOrNull = (at: number | null) => (at === null ? null : iso(at));

type SequenceRow = {
  profile_id: string;
  rule_id: string;
  sequence: number;
  version: number;
  first_match_at: Date;
  anchors: Record<string, number>;
  next_step: number;
  control: boolean;
  code: string | null;
  code_expires: string | null;
  last_mail_at: Date | null;
  ended_at: Date | null;
  ended_reason: EndReason | null;
  cleared: boolean;
};

const columns = `s.profile_id, s.rule_id, s.sequence, s.version, s.first_match_at, s.anchors, s.next_step, s.control, s.code,
  s.code_expires, s.last_mail_at, s.ended_at, s.ended_reason, s.cleared`;

function toSequence(row: SequenceRow): Sequence {
  return {
    profileId: row.profile_id,
    ruleId: row.rule_id,
    sequence: row.sequence,
    version: row.version,
    firstMatchAt: row.first_match_at.getTime(),
    anchors: row.anchors,
    nextStep: row.next_step,
    control: row.control,
    code: row.code,
    codeExpires: row.code_expires,
    lastMailAt: row.last_mail_at?.getTime() ?? null,
    endedAt: row.ended_at?.getTime() ?? null,
    endedReason: row.ended_reason,
    cleared: row.cleared,
  };
}

/** Sequences, and the mails that become due in them. */
export function sequenceStore(postgres: Postgres) {
  return {
    /** The newest sequence of each rule, for each of these customers. */
    newest: async (profileIds: readonly string[]): Promise<readonly Sequence[]> => {
      const { rows } = await postgres.query<SequenceRow>(
        `select distinct on (s.profile_id, s.rule_id) ${columns} from reminder_sequences s
         where s.profile_id = any($1::uuid[]) order by s.profile_id, s.rule_id, s.sequence desc`,
        [profileIds],
      );
      return rows.map(toSequence);
    },
    /** Sequences by their full key. */
    of: async (
      keys: readonly Pick<Sequence, "profileId" | "ruleId" | "sequence">[],
      sql: Sql = postgres,
    ): Promise<readonly Sequence[]> => {
      const { rows } = await sql.query<SequenceRow>(
        `select ${columns} from reminder_sequences s
         join unnest($1::uuid[], $2::uuid[], $3::integer[]) as given(profile_id, rule_id, sequence)
           on given.profile_id = s.profile_id and given.rule_id = s.rule_id and given.sequence = s.sequence`,
        [
          keys.map(({ profileId }) => profileId),
          keys.map(({ ruleId }) => ruleId),
          keys.map(({ sequence }) => sequence),
        ],
      );
      return rows.map(toSequence);
    },
    /** Newest first, at most 100. */
    ofProfile: async (profileId: string, ruleId: string): Promise<readonly Sequence[]> => {
      const { rows } = await postgres.query<SequenceRow>(
        `select ${columns} from reminder_sequences s where s.profile_id = $1 and s.rule_id = $2
         order by s.sequence desc limit 100`,
        [profileId, ruleId],
      );
      return rows.map(toSequence);
    },
    /**
     * Writes sequences as they follow from the version before.
     *
     * @returns false when one of them was changed meanwhile: the transaction must be rolled back
     */
    write: async (tx: Sql, sequences: readonly Sequence[]): Promise<boolean> => {
      if (sequences.length === 0) return true;
      const { rowCount } = await tx.query(
        `insert into reminder_sequences (profile_id, rule_id, sequence, version, first_match_at, anchors, next_step, control, code,
           code_expires, last_mail_at, ended_at, ended_reason, cleared)
         select g.profile_id, g.rule_id, g.sequence, g.version, g.first_match_at, g.anchors::jsonb, g.next_step, g.control, g.code,
           g.code_expires, g.last_mail_at, g.ended_at, g.ended_reason, g.cleared
         from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[], $5::timestamptz[], $6::text[], $7::integer[], $8::boolean[],
           $9::text[], $10::date[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::boolean[])
           as g(profile_id, rule_id, sequence, version, first_match_at, anchors, next_step, control, code, code_expires, last_mail_at,
             ended_at, ended_reason, cleared)
         on conflict (profile_id, rule_id, sequence) do update set version = excluded.version, next_step = excluded.next_step,
           code = excluded.code, code_expires = excluded.code_expires, last_mail_at = excluded.last_mail_at,
           ended_at = excluded.ended_at, ended_reason = excluded.ended_reason, cleared = excluded.cleared
         where reminder_sequences.version = excluded.version - 1`,
        [
          sequences.map(({ profileId }) => profileId),
          sequences.map(({ ruleId }) => ruleId),
          sequences.map(({ sequence }) => sequence),
          sequences.map(({ version }) => version),
          sequences.map(({ firstMatchAt }) => iso(firstMatchAt)),
          sequences.map(({ anchors }) => JSON.stringify(anchors)),
          sequences.map(({ nextStep }) => nextStep),
          sequences.map(({ control }) => control),
          sequences.map(({ code }) => code),
          sequences.map(({ codeExpires }) => codeExpires),
          sequences.map(({ lastMailAt }) => isoOrNull(lastMailAt)),
          sequences.map(({ endedAt }) => isoOrNull(endedAt)),
          sequences.map(({ endedReason }) => endedReason),
          sequences.map(({ cleared }) => cleared),
        ],
      );
      return rowCount === sequences.length;
    },
    /** Rules of these customers with a mail that is neither sent nor given up. */
    waiting: async (
      profileIds: readonly string[],
    ): Promise<readonly { readonly profileId: string; readonly ruleId: string }[]> => {
      const { rows } = await postgres.query<{ profile_id: string; rule_id: string }>(
        `select distinct m.profile_id, m.rule_id from reminder_mails m
         where m.profile_id = any($1::uuid[]) and m.state in ('due', 'claimed')`,
        [profileIds],
      );
      return rows.map((row) => ({ profileId: row.profile_id, ruleId: row.rule_id }));
    },
    /** When mails of these customers became due that were or will be sent. */
    mailTimes: async (
      profileIds: readonly string[],
      since: number,
    ): Promise<readonly { readonly profileId: string; readonly at: number }[]> => {
      const { rows } = await postgres.query<{ profile_id: string; due_at: Date }>(
        `select m.profile_id, m.due_at from reminder_mails m
         where m.profile_id = any($1::uuid[]) and m.state in ('due', 'claimed', 'sent') and m.due_at > $2`,
        [profileIds, iso(since)],
      );
      return rows.map((row) => ({ profileId: row.profile_id, at: row.due_at.getTime() }));
    },
    /** @returns false when a step was there already: the transaction must be rolled back */
    addMails: async (tx: Sql, mails: readonly NewMail[]): Promise<boolean> => {
      if (mails.length === 0) return true;
      const { rowCount } = await tx.query(
        `insert into reminder_mails (reminder_mail_id, profile_id, rule_id, sequence, step, state, reason, due_at, not_before,
           settled_at, store_view, template, channel)
         select g.id, g.profile_id, g.rule_id, g.sequence, g.step, g.state, g.reason, g.due_at, g.due_at,
           case when g.state = 'skipped' then g.due_at end, g.store_view, g.template, g.channel
         from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::integer[], $6::text[], $7::text[], $8::timestamptz[],
           $9::text[], $10::text[], $11::text[])
           as g(id, profile_id, rule_id, sequence, step, state, reason, due_at, store_view, template, channel)
         on conflict (profile_id, rule_id, sequence, step) do nothing`,
        [
          mails.map(({ mailId }) => mailId),
          mails.map(({ profileId }) => profileId),
          mails.map(({ ruleId }) => ruleId),
          mails.map(({ sequence }) => sequence),
          mails.map(({ step }) => step),
          mails.map(({ state }) => state),
          mails.map(({ reason }) => reason),
          mails.map(({ dueAt }) => iso(dueAt)),
          mails.map(({ storeView }) => storeView),
          mails.map(({ template }) => template),
          mails.map(({ channel }) => channel),
        ],
      );
      return rowCount === mails.length;
    },
    /**
     * Gives what one customer had to another whose profile it became. A rule that already has the other keeps what it has there:
     * what the merged one waits for is given up.
     */
    move: async (tx: Sql, from: string, to: string, nowMs: number): Promise<void> => {
      const taken = `rule_id not in (select o.rule_id from reminder_sequences o where o.profile_id = $2)`;
      await tx.query(`update reminder_mails set profile_id = $2 where profile_id = $1 and ${taken}`, [from, to]);
      await tx.query(
        `update reminder_sequences set profile_id = $2, version = version + 1 where profile_id = $1 and ${taken}`,
        [from, to],
      );
      await tx.query(
        `update reminder_mails set state = 'skipped', reason = 'merged', settled_at = $2, claim = null
         where profile_id = $1 and state in ('due', 'claimed')`,
        [from, iso(nowMs)],
      );
      await tx.query(
        `update reminder_sequences set ended_at = $2, ended_reason = 'merged', version = version + 1
         where profile_id = $1 and ended_at is null`,
        [from, iso(nowMs)],
      );
      await tx.query("delete from reminder_watch where profile_id = $1", [from]);
      await tx.query("delete from reminder_interests where profile_id = $1", [from]);
    },
    /** Of these, the customers of whom reminders know something. */
    known: async (tx: Sql, profileIds: readonly string[]): Promise<readonly string[]> => {
      const { rows } = await tx.query<{ profile_id: string }>(
        `select w.profile_id from reminder_watch w where w.profile_id = any($1::uuid[])
         union select s.profile_id from reminder_sequences s where s.profile_id = any($1::uuid[])`,
        [profileIds],
      );
      return rows.map((row) => row.profile_id);
    },
  };
}
