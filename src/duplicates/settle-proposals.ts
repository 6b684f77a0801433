import { ClienteleError } from "../kernel/index.ts";
import { chunksOf, type ProfileReads, type RefreshDeps, withoutSeparated } from "./refresh-deps.ts";
import type { DuplicateStore, OpenPair } from "./store.ts";

const pageSize = 500;
const maxOpen = 100_000;

export async function loadOpen(store: DuplicateStore): Promise<readonly OpenPair[]> {
  const open: OpenPair[] = [];
  for (let afterId: string | null = null; open.length < maxOpen; ) {
    const page: readonly OpenPair[] = await store.openPairs(afterId, pageSize);
    open.push(...page);
    afterId = page.at(-1)?.id ?? null;
    if (page.length < pageSize) break;
  }
  return open;
}

/** Where a profile went that was not read: into another one, or away. */
async function findSurvivor(profiles: ProfileReads, profileId: string): Promise<string | undefined> {
  try {
    return (await profiles.get(profileId)).profileId;
  } catch (error) {
    if (error instanceof ClienteleError && error.code === "profiles.notFound") return undefined;
    throw error;
  }
}

type Closing = { readonly merged: readonly string[]; readonly withdrawn: readonly string[] };

async function separatedIds(deps: RefreshDeps, open: readonly OpenPair[]): Promise<ReadonlySet<string>> {
  const separated = new Set<string>();
  for (const chunk of chunksOf(open, pageSize)) {
    const together = new Set(await withoutSeparated(deps.separated, chunk));
    for (const pair of chunk) if (!together.has(pair)) separated.add(pair.id);
  }
  return separated;
}

/**
 * Open proposals that nobody has to decide any more.
 *
 * @param missing ids that were not among the profiles read
 * @param isStale tells pairs that no longer look alike
 */
async function findSettled(
  deps: RefreshDeps,
  open: readonly OpenPair[],
  missing: ReadonlySet<string>,
  isStale: (pair: OpenPair) => boolean,
): Promise<Closing> {
  const { profiles } = deps;
  const separated = await separatedIds(deps, open);
  const merged: string[] = [];
  const withdrawn: string[] = [];
  const survivors = new Map<string, string | undefined>();
  const survivorOf = async (id: string): Promise<string | undefined> => {
    if (!missing.has(id)) return id;
    if (!survivors.has(id)) survivors.set(id, await findSurvivor(profiles, id));
    return survivors.get(id);
  };
  for (const pair of open) {
    const a = await survivorOf(pair.profileA);
    const b = await survivorOf(pair.profileB);
    if (a !== undefined && a === b) merged.push(pair.id);
    // A pair of one that went into a third: the survivor has changed, and is compared with the other by itself.
    else if (a !== pair.profileA || b !== pair.profileB || separated.has(pair.id) || isStale(pair))
      withdrawn.push(pair.id);
  }
  return { merged, withdrawn };
}

async function closeAll(
  store: DuplicateStore,
  ids: readonly string[],
  status: "merged" | "withdrawn",
  nowMs: number,
): Promise<number> {
  let closed = 0;
  for (const chunk of chunksOf(ids, pageSize)) closed += await store.close(store.sql, chunk, status, null, nowMs);
  return closed;
}

/** Closes what is settled. @returns how many of each */
export async function settleProposals(
  deps: RefreshDeps,
  open: readonly OpenPair[],
  missing: ReadonlySet<string>,
  isStale: (pair: OpenPair) => boolean,
  nowMs: number,
): Promise<{ readonly merged: number; readonly withdrawn: number }> {
  const settled = await findSettled(deps, open, missing, isStale);
  return {
    merged: await closeAll(deps.store, settled.merged, "merged", nowMs),
    withdrawn: await closeAll(deps.store, settled.withdrawn, "withdrawn", nowMs),
  };
}
