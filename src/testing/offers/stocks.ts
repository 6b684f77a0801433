/** Scarce offers for the test that kills whoever takes from their stocks and deletes dead rows of them; for tests only. */
import { newId } from "../../kernel/index.ts";
import { compileCap, stockOf } from "../../offers/decisioning/caps.ts";
import type { HoldStore } from "../../offers/decisioning/store-holds.ts";
import { nothingLeft, nothingLeftForPerson } from "../../offers/decisioning/store-holds.ts";
import type { WantedPiece } from "../../offers/decisioning/store-stocks.ts";

const daily = { period: { every: 1, unit: "day" } } as const;
const offerIds = [1, 2, 3].map((n) => `0198f000-0000-7000-8000-00000000000${n}`);
/** Whose limit the cleaner may not have heard of. */
export const [unheardOf = "", scarce = "", forEver = ""] = offerIds;
export const persons = ["ada", "bea", "cleo"].map((name) => `anonymous_id:${name}`);
export const limits = { total: 40, person: 15, ever: 60 };

const total = compileCap({ counted: "impression", limit: limits.total, per: "total", hard: true, ...daily });
const each = compileCap({ counted: "impression", limit: limits.person, per: "profile", hard: true, ...daily });
const ever = compileCap({ counted: "impression", limit: limits.ever, per: "total", hard: true });

/** Hard limits that are live as one process has heard of them. */
export const liveLimits = [
  stockOf(scarce, total, "", 0, ""),
  stockOf(scarce, each, "", 0, ""),
  stockOf(forEver, ever, "", 0, ""),
];

export type Taken = { readonly ids: readonly string[]; readonly decisionId: string };

/**
 * Takes a piece of one of the offers.
 *
 * @param turn offers and persons by turns
 * @returns undefined = nothing was left
 */
export async function takeOne(
  store: HoldStore,
  { turn, today, expiresAt, now }: { turn: number; today: number; expiresAt: number | null; now: number },
): Promise<Taken | undefined> {
  const offerId = offerIds[turn % offerIds.length] ?? "";
  const person = persons[Math.floor(turn / offerIds.length) % persons.length] ?? "";
  const caps = offerId === forEver ? [ever] : offerId === scarce ? [total, each] : [total];
  const pieces = caps.map(
    (cap): WantedPiece => ({
      ...stockOf(offerId, cap, "", today, person),
      ...{ limit: cap.rule.limit, counted: cap.counted, expiresAt },
    }),
  );
  const [ids, decisionId] = [pieces.map(() => newId(now)), newId(now)];
  try {
    await store.take(pieces, `call:${decisionId}`, ids, now, "");
    return { ids, decisionId };
  } catch (error) {
    if (error === nothingLeft || error === nothingLeftForPerson) return undefined;
    throw error;
  }
}
