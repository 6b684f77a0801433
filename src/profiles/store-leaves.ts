import type { Postgres } from "../storage/index.ts";
import type { ProfileState } from "./profile.ts";

/** Leaves by profile. */
export type GivenLeaves = ReadonlyMap<string, ProfileState["leaves"]>;
/** Which leaves stay: these, and those that start so. */
export type KeptLeaves = { readonly keys: readonly string[]; readonly prefix: string };

function isDeadlock(error: unknown): boolean {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if ("code" in current && current.code === "40P01") return true;
  }
  return false;
}

/** Writes rows of leaves past everything else of a state. */
export function createLeavesStore(postgres: Postgres) {
  return {
    /**
     * One statement, and states never leave the database: reading, judging and writing them whole took twice as long. Versions go
     * up, so that whoever has read a state before does not write it back.
     *
     * @returns false when another writer stood in the way: nothing was written
     */
    async replaceLeaves(given: GivenLeaves, kept: KeptLeaves): Promise<boolean> {
      const rows = [...given].map(([profileId, leaves]) => ({ profileId, leaves }));
      // In one order in every process; a deadlock is still possible, and ends one of them.
      rows.sort((a, b) => (a.profileId < b.profileId ? -1 : 1));
      try {
        await postgres.query(
          `with given as materialized (
             select rows."profileId" as profile_id, rows.leaves from jsonb_to_recordset($1::jsonb) as rows("profileId" uuid, leaves jsonb))
           update profiles set version = profiles.version + 1, state = jsonb_set(profiles.state, '{leaves}',
             coalesce((select jsonb_object_agg(known.key, known.value) from jsonb_each(profiles.state -> 'leaves') as known
               where known.key = any($2::text[]) or starts_with(known.key, $3)), '{}'::jsonb) || given.leaves)
           from given where profiles.profile_id = given.profile_id`,
          [JSON.stringify(rows), kept.keys, kept.prefix],
        );
        return true;
      } catch (error) {
        if (isDeadlock(error)) return false;
        throw error;
      }
    },
  };
}
