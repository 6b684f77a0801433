import type { ProfileState } from "../profiles/index.ts";
import { byTaste } from "./category-taste.ts";
import { longTermTaste } from "./long-term-taste.ts";
import { historyOf, nextItems } from "./next-strategy.ts";
import { bestFirst, createTally, type Proposal, type Situation } from "./situation.ts";

/** People do return to what they viewed, but they have a list of that; here something new comes first. */
const viewedFactor = 0.3;

function signalsOf(profile: ProfileState | null): number {
  if (!profile) return 0;
  return (
    profile.viewed.reduce((sum, { count }) => sum + count, 0) +
    (profile.cart?.items.length ?? 0) +
    profile.orders.length
  );
}

/** Of two lists only the better part of each matters: this keeps the order and brings unlike falls together. */
const flatten = (share: number): number => Math.sqrt(Math.max(0, Math.min(1, share)));

/**
 * Personal proposals and popular ones in one list. What was viewed lately counts at once, v/(v + 3) for v products; taste
 * counts as soon as that, or with n signals in all, n/(n + 10).
 */
export function recommendedForYou(situation: Situation, popular: readonly Proposal[]): readonly Proposal[] {
  const history = historyOf(situation);
  const signals = signalsOf(situation.profile);
  const lately = history.length / (history.length + 3);
  const longTerm = signals / (signals + 10);
  const taste = Math.max(lately, longTerm);
  const liked = longTermTaste(situation);
  const parts = [
    { proposals: nextItems(situation), weight: 0.6 * lately },
    { proposals: liked, weight: 0.4 * longTerm },
    // Categories speak where nothing else knows the shopper.
    { proposals: byTaste(situation), weight: (liked.length > 0 ? 0.2 : 0.4) * taste },
    { proposals: popular, weight: 0.3 * (1 - lately) },
  ];
  const known = new Set(history);
  const tally = createTally();
  for (const { proposals, weight } of parts) {
    // What was viewed stands far ahead in its own sessions; the others are measured by the best of themselves.
    const most = proposals.find(({ sku }) => !known.has(sku))?.score ?? proposals[0]?.score ?? 0;
    if (most <= 0 || weight === 0) continue;
    for (const { sku, score, reason } of proposals) tally.add({ sku, score: weight * flatten(score / most), reason });
  }
  return bestFirst(
    tally
      .proposals()
      .map(({ sku, score, reason }) => ({ sku, score: known.has(sku) ? score * viewedFactor : score, reason })),
  );
}
