// Who would get what: a policy decided for a sample of profiles, as a preview that leaves no trace.
import type { DecideAnswer } from "../../decisions/index.ts";
import { isObject } from "../../kernel/index.ts";

export type Simulation = {
  readonly profiles: number;
  /** Answers of the policy, by what they held. */
  readonly offers: readonly {
    readonly id: string;
    readonly name: string;
    readonly first: number;
    readonly shown: number;
  }[];
  /** Answers that needed the fallback. */
  readonly fallback: number;
  /** Profiles for whom something else stood at the placement. */
  readonly other: number;
  /** Profiles for whom nothing did. */
  readonly empty: number;
  /** Why offers were out, over all profiles. */
  readonly removedBy: Readonly<Record<string, number>>;
};

type Counts = { name: string; first: number; shown: number };

/** Adds up answers to a call for one placement each. */
export function createSimulation(policyKey: string) {
  const byOffer = new Map<string, Counts>();
  const removedBy: Record<string, number> = {};
  let [profiles, fallback, other, empty] = [0, 0, 0, 0];

  const countRemovals = (explain: unknown): void => {
    const considered = isObject(explain) && Array.isArray(explain["considered"]) ? explain["considered"] : [];
    const own = considered.find((one) => isObject(one) && one["kind"] === "offers" && one["key"] === policyKey);
    const detail: unknown = isObject(own) ? own["detail"] : undefined;
    const offers = isObject(detail) && Array.isArray(detail["offers"]) ? detail["offers"] : [];
    for (const one of offers) {
      const reason: unknown = isObject(one) ? one["removedBy"] : undefined;
      if (typeof reason === "string") removedBy[reason] = (removedBy[reason] ?? 0) + 1;
    }
  };

  return {
    add: (answer: DecideAnswer): void => {
      profiles += 1;
      const [decision] = answer.decisions;
      countRemovals(decision?.explain);
      if (!decision?.value) {
        empty += 1;
        return;
      }
      if (decision.kind !== "offers" || decision.value["policy"] !== policyKey) {
        other += 1;
        return;
      }
      const items = Array.isArray(decision.value["items"]) ? decision.value["items"].filter(isObject) : [];
      if (items.some((item) => item["fallback"] === true)) fallback += 1;
      for (const [at, item] of items.entries()) {
        const id = String(item["id"]);
        const counts = byOffer.get(id) ?? { name: String(item["name"]), first: 0, shown: 0 };
        counts.shown += 1;
        if (at === 0) counts.first += 1;
        byOffer.set(id, counts);
      }
    },
    result: (): Simulation => ({
      ...{ profiles, fallback, other, empty, removedBy },
      offers: [...byOffer]
        .map(([id, counts]) => ({ id, ...counts }))
        .sort((a, b) => b.shown - a.shown || (a.id < b.id ? -1 : 1)),
    }),
  };
}
