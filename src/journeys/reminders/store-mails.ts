import type { Postgres, Sql } from "../../storage/index.ts";
import type { Channel } from "./channels.ts";
import type { MailState } from "./sequence.ts";

/** A mail that one sender holds. */
export type ClaimedMail = {
  readonly mailId: string;
  readonly claim: string;
  readonly profileId: string;
  readonly ruleId: string;
  readonly sequence: number;
  readonly step: number;
  readonly dueAt: number;
  /** Times that it was given to a sender, this one included. */
  readonly claims: number;
};

export type MailRow = {
  readonly mailId: string;
  readonly profileId: string;
  readonly sequence: number;
  readonly step: number;
  readonly state: MailState;
  readonly reason: string | null;
  readonly dueAt: number;
  readonly settledAt: number | null;
  readonly storeView: string | null;
  readonly template: string | null;
  readonly channel: Channel;
};

const iso = (at: number) => new Date(at).toISOString();

/** Mails on their way to the sender, and addresses that do not work. */
export function mailStore(postgres: Postgres) {
  return {
    /** Gives mails to one sender: those that wait, and those whose holder has not been heard of. The oldest first. */
    claim: async (claim: string, nowMs: number, until: number, limit: number): Promise<readonly ClaimedMail[]> => {
      const { rows } = await postgres.query<{
        reminder_mail_id: string;
        profile_id: string;
        rule_id: string;
        sequence: number;
        step: number;
        due_at: Date;
        claims: number;
      }>(
        `with picked as (
           select m.profile_id, m.rule_id, m.sequence, m.step from reminder_mails m
           where m.state in ('due', 'claimed') and m.not_before <= $2 and (m.state = 'due' or m.claimed_until <= $2)
           order by m.not_before, m.reminder_mail_id limit $4 for update skip locked)
         update reminder_mails as m set state = 'claimed', claim = $1, claimed_until = $3, claims = m.claims + 1
         from picked p
         where m.profile_id = p.profile_id and m.rule_id = p.rule_id and m.sequence = p.sequence and m.step = p.step
         returning m.reminder_mail_id, m.profile_id, m.rule_id, m.sequence, m.step, m.due_at, m.claims`,
        [claim, iso(nowMs), iso(until), limit],
      );
      return rows
        .map((row) => ({
          mailId: row.reminder_mail_id,
          claim,
          profileId: row.profile_id,
          ruleId: row.rule_id,
          sequence: row.sequence,
          step: row.step,
          dueAt: row.due_at.getTime(),
          claims: row.claims,
        }))
        .sort((a, b) => a.dueAt - b.dueAt || (a.mailId < b.mailId ? -1 : 1));
    },
    /** What a held mail will be sent as. @returns false when somebody else holds it by now */
    describe: async (
      { mailId, claim }: Pick<ClaimedMail, "mailId" | "claim">,
      as: {
        readonly storeView: string;
        readonly template: string;
        readonly addressHash: string;
        readonly channel: Channel;
      },
    ): Promise<boolean> => {
      const { rowCount } = await postgres.query(
        `update reminder_mails set store_view = $3, template = $4, address_hash = $5, channel = $6
         where reminder_mail_id = $1 and claim = $2 and state = 'claimed'`,
        [mailId, claim, as.storeView, as.template, as.addressHash, as.channel],
      );
      return rowCount === 1;
    },
    /** Ends a held mail. @returns its address's hash; undefined when somebody else holds it or it is over */
    end: async (
      tx: Sql,
      { mailId, claim }: Pick<ClaimedMail, "mailId" | "claim">,
      state: "sent" | "failed" | "skipped",
      reason: string | null,
      nowMs: number,
    ): Promise<{ readonly addressHash: string | null } | undefined> => {
      const { rows } = await tx.query<{ address_hash: string | null }>(
        `update reminder_mails set state = $3, reason = $4, settled_at = $5, claim = null, claimed_until = null
         where reminder_mail_id = $1 and claim = $2 and state = 'claimed' returning address_hash`,
        [mailId, claim, state, reason, iso(nowMs)],
      );
      const [row] = rows;
      return row && { addressHash: row.address_hash };
    },
    /** Lets a held mail wait for another attempt. @returns attempts so far; undefined when somebody else holds it */
    postpone: async (
      tx: Sql,
      { mailId, claim }: Pick<ClaimedMail, "mailId" | "claim">,
      reason: string,
      notBefore: (attempts: number) => number,
    ): Promise<number | undefined> => {
      const { rows } = await tx.query<{ attempts: number }>(
        `update reminder_mails set attempts = attempts + 1, reason = $3, state = 'due', claim = null, claimed_until = null
         where reminder_mail_id = $1 and claim = $2 and state = 'claimed' returning attempts`,
        [mailId, claim, reason],
      );
      const attempts = rows[0]?.attempts;
      if (attempts !== undefined)
        await tx.query("update reminder_mails set not_before = $2 where reminder_mail_id = $1", [
          mailId,
          iso(notBefore(attempts)),
        ]);
      return attempts;
    },
    /** Ends a mail after its last attempt. @returns its address's hash */
    giveUp: async (tx: Sql, mailId: string, reason: string, nowMs: number): Promise<string | null> => {
      const { rows } = await tx.query<{ address_hash: string | null }>(
        `update reminder_mails set state = 'failed', reason = $2, settled_at = $3
         where reminder_mail_id = $1 and state = 'due' returning address_hash`,
        [mailId, reason, iso(nowMs)],
      );
      return rows[0]?.address_hash ?? null;
    },
    /** Gives one mail back, for later: whose it is has just changed. */
    putBack: async ({ mailId, claim }: Pick<ClaimedMail, "mailId" | "claim">, notBefore: number): Promise<void> => {
      await postgres.query(
        `update reminder_mails set state = 'due', claim = null, claimed_until = null, not_before = $3
         where reminder_mail_id = $1 and claim = $2 and state = 'claimed'`,
        [mailId, claim, iso(notBefore)],
      );
    },
    /** Gives back everything of one claim, for later. */
    release: async (claim: string, notBefore: number): Promise<void> => {
      await postgres.query(
        `update reminder_mails set state = 'due', claim = null, claimed_until = null, claims = claims - 1, not_before = $2
         where claim = $1 and state = 'claimed'`,
        [claim, iso(notBefore)],
      );
    },
    /** Failures in a row of addresses, by hash; those without any are missing. */
    failures: async (hashes: readonly string[]): Promise<ReadonlyMap<string, number>> => {
      if (hashes.length === 0) return new Map();
      const { rows } = await postgres.query<{ address_hash: string; failures: number }>(
        "select a.address_hash, a.failures from reminder_addresses a where a.address_hash = any($1::text[])",
        [hashes],
      );
      return new Map(rows.map((row) => [row.address_hash, row.failures]));
    },
    /** A mail to the address failed, or arrived: then its failures are forgotten. */
    countFailure: async (tx: Sql, hash: string, failed: boolean, nowMs: number): Promise<void> => {
      if (!failed) {
        await tx.query("delete from reminder_addresses where address_hash = $1", [hash]);
        return;
      }
      await tx.query(
        `insert into reminder_addresses (address_hash, failures, failed_at) values ($1, 1, $2)
         on conflict (address_hash) do update set failures = reminder_addresses.failures + 1, failed_at = excluded.failed_at`,
        [hash, iso(nowMs)],
      );
    },
    /** Mails of one customer and rule, the newest first, at most 500. */
    ofProfile: async (profileId: string, ruleId: string): Promise<readonly MailRow[]> => {
      const { rows } = await postgres.query<{
        reminder_mail_id: string;
        profile_id: string;
        sequence: number;
        step: number;
        state: MailState;
        reason: string | null;
        due_at: Date;
        settled_at: Date | null;
        store_view: string | null;
        template: string | null;
        channel: Channel;
      }>(
        `select m.reminder_mail_id, m.profile_id, m.sequence, m.step, m.state, m.reason, m.due_at, m.settled_at, m.store_view,
           m.template, m.channel
         from reminder_mails m where m.profile_id = $1 and m.rule_id = $2 order by m.sequence desc, m.step desc limit 500`,
        [profileId, ruleId],
      );
      return rows.map((row) => ({
        mailId: row.reminder_mail_id,
        profileId: row.profile_id,
        sequence: row.sequence,
        step: row.step,
        state: row.state,
        reason: row.reason,
        dueAt: row.due_at.getTime(),
        settledAt: row.settled_at?.getTime() ?? null,
        storeView: row.store_view,
        template: row.template,
        channel: row.channel,
      }));
    },
  };
}
