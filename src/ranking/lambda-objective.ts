// LambdaMART's loss: each pair of a better and a worse product of one list pulls them apart by what exchanging them would change in
// NDCG@10: λ = −σ(s_j − s_i)·|ΔNDCG@10| (ranking.md 6.4). Pairs are weighted by how seldom the better one's place is looked at.
import type { Objective } from "../models/index.ts";
import type { RankedLists } from "./lists.ts";
import { cutoff, discounts, idealDcg } from "./ndcg.ts";

const steps = 4_096;
const reach = 12;
/** σ(−x) for x from −reach to reach: exp for each pair would take as long as growing the trees. */
const sigmoids: Float64Array = Float64Array.from({ length: steps + 1 }, (_, at) => {
  const x = (at / steps) * 2 * reach - reach;
  return 1 / (1 + Math.exp(x));
});

function oneBehind(difference: number): number {
  const place = ((Math.max(-reach, Math.min(reach, difference)) + reach) / (2 * reach)) * steps;
  return sigmoids[Math.round(place)] as number;
}

const leastCurvature = 1e-9;

/**
 * @param lists only lists from `fromList` to `toList`, the latter excluded, are learned from
 * @returns derivatives are 0 for rows outside of those lists and for rows that are not learned from
 */
export function lambdaObjective(
  { starts, gains, learned, weights }: Pick<RankedLists, "starts" | "gains" | "learned" | "weights">,
  fromList: number,
  toList: number,
): Objective {
  const rows = starts[toList] ?? 0;
  // Kept from tree to tree: the order hardly changes, and sorting what is nearly sorted costs nothing.
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  const ranks = new Int32Array(rows);
  const ideals = Float64Array.from({ length: toList }, (_, list) =>
    idealDcg(gains, starts[list] ?? 0, starts[list + 1] ?? 0),
  );

  const sortList = (from: number, to: number, scores: Float64Array): void => {
    for (let at = from + 1; at < to; at += 1) {
      const row = order[at] as number;
      const score = scores[row] as number;
      let place = at - 1;
      while (place >= from && (scores[order[place] as number] as number) < score) {
        order[place + 1] = order[place] as number;
        place -= 1;
      }
      order[place + 1] = row;
    }
    for (let at = from; at < to; at += 1) ranks[order[at] as number] = at - from;
  };

  const pullApart = (
    better: number,
    [from, to]: readonly [number, number],
    scale: number,
    scores: Float64Array,
    gradient: Float64Array,
    curvature: Float64Array,
  ): void => {
    const gain = gains[better] as number;
    const rank = ranks[better] as number;
    const discount = discounts[rank] ?? 0;
    const score = scores[better] as number;
    let [sumG, sumH] = [0, 0];
    for (let row = from; row < to; row += 1) {
      const difference = gain - (gains[row] as number);
      if (difference <= 0 || learned[row] === 0) continue;
      const other = ranks[row] as number;
      if (rank >= cutoff && other >= cutoff) continue;
      const change = Math.abs(discount - (discounts[other] ?? 0)) * difference * scale;
      const share = oneBehind(score - (scores[row] as number));
      const pull = share * change;
      const curve = share * (1 - share) * change;
      sumG += pull;
      sumH += curve;
      (gradient[row] as number) += pull;
      (curvature[row] as number) += curve;
    }
    (gradient[better] as number) -= sumG;
    (curvature[better] as number) += sumH;
  };

  return {
    start: () => 0,
    derive: (scores, gradient, curvature) => {
      gradient.fill(0);
      curvature.fill(leastCurvature);
      for (let list = fromList; list < toList; list += 1) {
        const ideal = ideals[list] as number;
        if (ideal === 0) continue;
        const bounds = [starts[list] as number, starts[list + 1] as number] as const;
        sortList(bounds[0], bounds[1], scores);
        for (let row = bounds[0]; row < bounds[1]; row += 1)
          if ((gains[row] as number) > 0 && learned[row] === 1)
            pullApart(row, bounds, (weights[row] as number) / ideal, scores, gradient, curvature);
      }
    },
  };
}
