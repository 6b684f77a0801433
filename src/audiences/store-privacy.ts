import type { Postgres, Sql } from "../storage/index.ts";

/** PostgreSQL tables of audiences that name profiles. */
export const personalAudienceTables = ["audience_memberships", "audience_transitions"] as const;
/** PostgreSQL tables with the codes of identifiers. */
export const personalListTables = ["audience_lists", "audience_list_parts"] as const;

/** Codes of a person, as lists of one namespace have them. */
export type ListCodes = { readonly namespace: string; readonly codes: readonly bigint[] };

type PartRow = { audience_list_id: string; version: number; part: number; entries: Buffer };
type ListRow = { key: string; name: string; namespace: string; version: number };

const codeBytes = 8;

function toBytes(code: bigint): Buffer {
  const bytes = Buffer.alloc(codeBytes);
  bytes.writeBigUInt64LE(code);
  return bytes;
}

/** Entries without the codes; the same length when there was none of them. */
function withoutCodes(entries: Buffer, codes: ReadonlySet<bigint>): Buffer {
  const left = Buffer.alloc(entries.length);
  let length = 0;
  for (let at = 0; at < entries.length; at += codeBytes) {
    const code = entries.readBigUInt64LE(at);
    if (codes.has(code)) continue;
    left.writeBigUInt64LE(code, length);
    length += codeBytes;
  }
  return left.subarray(0, length);
}

// The search is for bytes, wherever they stand: what it finds is looked at entry by entry.
const partsWith = `from audience_list_parts p
  join audience_lists l on l.audience_list_id = p.audience_list_id and l.version = p.version
  where l.namespace = $1 and exists (select 1 from unnest($2::bytea[]) as given(code) where position(given.code in p.entries) > 0)`;

type TransitionRow = {
  audience_transition_id: number;
  audience_id: string;
  version: number;
  entered: boolean;
  reason_leaf: unknown;
  at: Date;
};

const pageSize = 1_000;

/** Reads and deletions of one person in the tables of audiences. */
export function createAudiencePrivacyStore(postgres: Postgres) {
  return {
    /** May be repeated. @returns rows deleted */
    async erase(tx: Sql, profileIds: readonly string[]): Promise<number> {
      const members = await tx.query("delete from audience_memberships where profile_id = any($1::uuid[])", [
        profileIds,
      ]);
      const transitions = await tx.query("delete from audience_transitions where profile_id = any($1::uuid[])", [
        profileIds,
      ]);
      return members.rowCount + transitions.rowCount;
    },

    async *memberships(profileIds: readonly string[]): AsyncGenerator<object> {
      const { rows } = await postgres.query<{ audience_id: string; version: number; since: Date }>(
        `select m.audience_id, m.version, m.since from audience_memberships m where m.profile_id = any($1::uuid[])
         order by m.since, m.audience_id`,
        [profileIds],
      );
      for (const row of rows)
        yield { audienceId: row.audience_id, version: row.version, since: row.since.toISOString() };
    },

    /** Entries and exits, oldest first, in pages. */
    async *transitions(profileIds: readonly string[]): AsyncGenerator<object> {
      let after = 0;
      for (;;) {
        const { rows } = await postgres.query<TransitionRow>(
          `select t.audience_transition_id, t.audience_id, t.version, t.entered, t.reason_leaf, t.at from audience_transitions t
           where t.profile_id = any($1::uuid[]) and t.audience_transition_id > $2 order by t.audience_transition_id limit $3`,
          [profileIds, after, pageSize],
        );
        for (const row of rows) {
          const { audience_id: audienceId, version, entered, reason_leaf: reasonLeaf, at } = row;
          yield { at: at.toISOString(), audienceId, version, entered, reasonLeaf };
        }
        const last = rows.at(-1);
        if (!last || rows.length < pageSize) return;
        after = last.audience_transition_id;
      }
    },
  };
}

export type AudiencePrivacyStore = ReturnType<typeof createAudiencePrivacyStore>;

/** Entries of one person in uploaded lists: there only codes of identifiers are kept, and a list has no place for names. */
export function createListPrivacyStore(postgres: Postgres) {
  const eraseFrom = ({ namespace, codes }: ListCodes): Promise<number> =>
    postgres.transaction(async (tx) => {
      const gone = new Set(codes);
      // Another erasure of the same part must see what this one leaves.
      const { rows } = await tx.query<PartRow>(
        `select p.audience_list_id, p.version, p.part, p.entries ${partsWith} order by p.audience_list_id, p.part for update of p`,
        [namespace, codes.map(toBytes)],
      );
      let erased = 0;
      for (const { audience_list_id: listId, version, part, entries } of rows) {
        const left = withoutCodes(entries, gone);
        const count = (entries.length - left.length) / codeBytes;
        if (count === 0) continue;
        await tx.query(
          "update audience_list_parts set entries = $4 where audience_list_id = $1 and version = $2 and part = $3",
          [listId, version, part, left],
        );
        await tx.query("update audience_lists set size = size - $2 where audience_list_id = $1", [listId, count]);
        erased += count;
      }
      return erased;
    });

  return {
    /** Takes the codes out of the lists of their namespaces. May be repeated. @returns entries deleted */
    async erase(codes: readonly ListCodes[]): Promise<number> {
      let erased = 0;
      for (const each of codes) if (each.codes.length > 0) erased += await eraseFrom(each);
      return erased;
    },

    /** The lists that have one of the codes. */
    async *lists(codes: readonly ListCodes[]): AsyncGenerator<object> {
      for (const each of codes) {
        const own = new Set(each.codes);
        const { rows } = await postgres.query<ListRow & { entries: Buffer }>(
          `select l.key, l.name, l.namespace, l.version, p.entries ${partsWith} order by l.key, p.part`,
          [each.namespace, each.codes.map(toBytes)],
        );
        const found = rows.filter(({ entries }) => withoutCodes(entries, own).length < entries.length);
        for (const { key, name, namespace, version } of new Map(found.map((row) => [row.key, row])).values())
          yield { list: key, name, namespace, version };
      }
    },

    async namespaces(): Promise<readonly string[]> {
      const { rows } = await postgres.query<{ namespace: string }>("select distinct l.namespace from audience_lists l");
      return rows.map(({ namespace }) => namespace);
    },
  };
}

export type ListPrivacyStore = ReturnType<typeof createListPrivacyStore>;
