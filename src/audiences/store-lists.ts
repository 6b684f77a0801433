import type { Postgres } from "../storage/index.ts";
import type { ListEntries } from "./list-entries.ts";
import { instant } from "./store-work.ts";

export type StoredList = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly namespace: string;
  /** 0 before the first upload; each upload adds one. */
  readonly version: number;
  readonly size: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly updatedBy: string;
};

type Row = {
  audience_list_id: string;
  key: string;
  name: string;
  namespace: string;
  version: number;
  size: string | number;
  created_at: Date;
  updated_at: Date;
  updated_by: string;
};

const entriesPerPart = 65_536;
const entryBytes = 8;

/** Uploaded lists of identifiers. */
export function createListStore(postgres: Postgres) {
  return {
    async all(): Promise<readonly StoredList[]> {
      const { rows } = await postgres.query<Row>(
        `select audience_lists.audience_list_id, audience_lists.key, audience_lists.name, audience_lists.namespace, audience_lists.version,
           audience_lists.size, audience_lists.created_at, audience_lists.updated_at, audience_lists.updated_by
         from audience_lists order by audience_lists.key`,
      );
      return rows.map((row) => ({
        id: row.audience_list_id,
        key: row.key,
        name: row.name,
        namespace: row.namespace,
        version: row.version,
        size: Number(row.size),
        createdAt: row.created_at.getTime(),
        updatedAt: row.updated_at.getTime(),
        updatedBy: row.updated_by,
      }));
    },

    /** @returns false when the key is taken */
    async create(
      list: Pick<StoredList, "id" | "key" | "name" | "namespace" | "updatedBy">,
      nowMs: number,
    ): Promise<boolean> {
      const { rowCount } = await postgres.query(
        `insert into audience_lists (audience_list_id, key, name, namespace, version, size, created_at, updated_at, updated_by)
         values ($1, $2, $3, $4, 0, 0, ${instant("$5")}, ${instant("$5")}, $6) on conflict (key) do nothing`,
        [list.id, list.key, list.name, list.namespace, nowMs, list.updatedBy],
      );
      return rowCount === 1;
    },

    async entries(id: string, version: number): Promise<ListEntries> {
      const { rows } = await postgres.query<{ entries: Buffer }>(
        `select audience_list_parts.entries from audience_list_parts
         where audience_list_parts.audience_list_id = $1 and audience_list_parts.version = $2 order by audience_list_parts.part`,
        [id, version],
      );
      const bytes = Buffer.concat(rows.map(({ entries }) => entries));
      const found = new BigUint64Array(bytes.length / entryBytes);
      for (let at = 0; at < found.length; at += 1) found[at] = bytes.readBigUInt64LE(at * entryBytes);
      return found;
    },

    /**
     * Writes a new version; the one before serves until all of it is there.
     *
     * @returns false when somebody else changed the list meanwhile
     */
    async replace(
      list: Pick<StoredList, "id" | "version">,
      entries: ListEntries,
      by: string,
      nowMs: number,
    ): Promise<boolean> {
      const version = list.version + 1;
      await postgres.query(
        "delete from audience_list_parts where audience_list_parts.audience_list_id = $1 and audience_list_parts.version > $2",
        [list.id, list.version],
      );
      for (let start = 0, part = 0; start < entries.length; start += entriesPerPart, part += 1) {
        const chunk = entries.subarray(start, start + entriesPerPart);
        const bytes = Buffer.alloc(chunk.length * entryBytes);
        for (const [at, entry] of chunk.entries()) bytes.writeBigUInt64LE(entry, at * entryBytes);
        await postgres.query(
          "insert into audience_list_parts (audience_list_id, version, part, entries) values ($1, $2, $3, $4) on conflict do nothing",
          [list.id, version, part, bytes],
        );
      }
      const { rowCount } = await postgres.query(
        `update audience_lists set version = $3, size = $4, updated_at = ${instant("$5")}, updated_by = $6
         where audience_lists.audience_list_id = $1 and audience_lists.version = $2`,
        [list.id, list.version, version, entries.length, nowMs, by],
      );
      if (rowCount !== 1) return false;
      await postgres.query(
        "delete from audience_list_parts where audience_list_parts.audience_list_id = $1 and audience_list_parts.version < $2",
        [list.id, version],
      );
      return true;
    },

    async remove(id: string): Promise<void> {
      await postgres.query("delete from audience_list_parts where audience_list_parts.audience_list_id = $1", [id]);
      await postgres.query("delete from audience_lists where audience_lists.audience_list_id = $1", [id]);
    },
  };
}

export type ListStore = ReturnType<typeof createListStore>;
