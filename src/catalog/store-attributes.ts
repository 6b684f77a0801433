import type { Postgres, Sql } from "../storage/index.ts";
import { type AttributeFlag, type AttributeMeta, attributeFlags, type ChosenFlags } from "./product.ts";

/** Flags to set; null = as the shop says again. */
export type FlagChanges = Readonly<Partial<Record<AttributeFlag, boolean | null>>>;

/** How one attribute was and became. */
export type FlagChange = { readonly before: ChosenFlags; readonly after: ChosenFlags };

/** A choice that is what the shop says anyway is none: it would hold against a later word of the shop. */
function chosenAfter(shop: AttributeMeta, before: ChosenFlags, changes: FlagChanges): ChosenFlags {
  const entries = attributeFlags.flatMap((flag) => {
    const change = changes[flag];
    const value = change === undefined ? before[flag] : (change ?? undefined);
    return value === undefined || value === shop[flag] ? [] : [[flag, value] as const];
  });
  return Object.fromEntries(entries);
}

/** Attributes as the shop lists them, and apart from that what people set. */
export function attributeStore(postgres: Postgres, writeLock: string, markList: (tx: Sql) => Promise<unknown>) {
  return {
    async replaceAttributes(attributes: readonly AttributeMeta[]): Promise<void> {
      await postgres.transaction(async (tx) => {
        await tx.query(writeLock);
        await tx.query("delete from attribute_metas");
        await tx.query(
          "insert into attribute_metas (code, data) select r.data ->> 'code', r.data from jsonb_array_elements($1::jsonb) as r (data) on conflict (code) do update set data = excluded.data",
          [JSON.stringify(attributes)],
        );
        await markList(tx);
      });
    },

    async attributes(): Promise<readonly AttributeMeta[]> {
      const { rows } = await postgres.query<{ data: AttributeMeta; flags: ChosenFlags | null }>(
        "select a.data, f.flags from attribute_metas a left join attribute_flags f on f.code = a.code order by a.code",
      );
      return rows.map(({ data, flags }) => (flags === null ? data : { ...data, ...flags, chosen: flags }));
    },

    /**
     * Sets flags of one attribute; those that are not named stay.
     *
     * @param record called in the same transaction, when something changed
     * @returns false when the shop has no such attribute
     */
    async setFlags(
      code: string,
      changes: FlagChanges,
      record: (tx: Sql, change: FlagChange) => Promise<void>,
    ): Promise<boolean> {
      return postgres.transaction(async (tx) => {
        await tx.query(writeLock);
        const { rows } = await tx.query<{ data: AttributeMeta; flags: ChosenFlags | null }>(
          "select a.data, f.flags from attribute_metas a left join attribute_flags f on f.code = a.code where a.code = $1",
          [code],
        );
        const [row] = rows;
        if (row === undefined) return false;
        const before = row.flags ?? {};
        const after = chosenAfter(row.data, before, changes);
        if (attributeFlags.every((flag) => before[flag] === after[flag])) return true;
        if (Object.keys(after).length === 0) await tx.query("delete from attribute_flags where code = $1", [code]);
        else
          await tx.query(
            "insert into attribute_flags (code, flags) values ($1, $2::jsonb) on conflict (code) do update set flags = excluded.flags",
            [code, JSON.stringify(after)],
          );
        await markList(tx);
        await record(tx, { before, after });
        return true;
      });
    },
  };
}
