import type { ClickHouse } from "../../storage/index.ts";

type Num = number | string;
type Owner = { readonly profileId: string; readonly sinceMs: number; readonly untilMs: number | null };

const timeoutMs = 120_000;
/** More than a batch of orders can have. */
const maxLinks = 20_000;

/** To whom identifiers belonged, and when. */
export function createOwnerFinder(clickhouse: Pick<ClickHouse, "query">) {
  /** @returns the profile that an identity had at an instant; empty = none */
  return async (given: readonly string[]): Promise<(key: string, atMs: number) => string> => {
    const keys = [...new Set(given)];
    const owners = new Map<string, Owner[]>();
    if (keys.length > 0) {
      const rows = await clickhouse.query<{ key: string; since: Num; until: Num | null; profile: string }>(
        `select identity_key as key, toUnixTimestamp64Milli(valid_from) as since,
           if(isNull(valid_to), null, toUnixTimestamp64Milli(assumeNotNull(valid_to))) as until, toString(profile_id) as profile
         from identity_links final where identity_key in {keys:Array(String)} order by key, since desc limit ${maxLinks}`,
        { keys },
        { timeoutMs },
      );
      for (const { key, since, until, profile } of rows) {
        const owner = { profileId: profile, sinceMs: Number(since), untilMs: until === null ? null : Number(until) };
        const known = owners.get(key);
        if (known) known.push(owner);
        else owners.set(key, [owner]);
      }
    }
    return (key, atMs) =>
      owners.get(key)?.find(({ sinceMs, untilMs }) => sinceMs <= atMs && (untilMs === null || atMs < untilMs))
        ?.profileId ?? "";
  };
}
