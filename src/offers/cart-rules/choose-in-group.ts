// Which rules of a group act, where not all of them do; each was tried on the cart as the group found it.
import type { CartRule, RuleGroup } from "./cart-rule.ts";
import type { Claim } from "./claim.ts";

/** A rule that could act, tried alone. */
export type Trial = {
  readonly rule: CartRule;
  readonly claim: Claim;
  /** Minor units of shipping that become free by the rule alone. */
  readonly freed: number;
  /** Whether it does anything, be it a gift or points. */
  readonly acts: boolean;
};

export type Choice = {
  /** With what is left of its claim; in the order of the rules. */
  readonly chosen: ReadonlyMap<CartRule, Claim>;
  /** Rules that lost, each with the keys of those that it lost to. */
  readonly lost: ReadonlyMap<CartRule, readonly string[]>;
};

type Mode = Exclude<RuleGroup["mode"], "stackable">;

export function chooseInGroup(trials: readonly Trial[], mode: Mode, per: RuleGroup["per"]): Choice {
  return per === "cart" ? choosePerCart(trials, mode) : choosePerLine(trials, mode);
}

function choosePerCart(trials: readonly Trial[], mode: Mode): Choice {
  const winner =
    bestOf(
      trials.filter(({ acts }) => acts),
      mode,
      ({ claim, freed }) => claim.amounts.reduce((sum, each) => sum + each, claim.shipping ?? 0) + freed,
    ) ?? trials[0];
  if (!winner) return { chosen: new Map(), lost: new Map() };
  const lost = trials.filter((trial) => trial !== winner).map(({ rule }) => [rule, [winner.rule.key]] as const);
  return { chosen: new Map([[winner.rule, winner.claim]]), lost: new Map(lost) };
}

/** The first, or that which takes most or, of those that take something, least; of equal ones the first in order. */
function bestOf(trials: readonly Trial[], mode: Mode, worthOf: (trial: Trial) => number): Trial | undefined {
  if (mode === "first") return trials[0];
  const valued = trials.map((trial) => ({ trial, value: worthOf(trial) }));
  const some = valued.filter(({ value }) => value > 0);
  const isBetter = (value: number, best: number): boolean => (mode === "highest" ? value > best : value < best);
  let [best] = some.length > 0 ? some : valued;
  for (const each of some) if (best && isBetter(each.value, best.value)) best = each;
  return best?.trial;
}

const shippingPlace = -1;

function choosePerLine(trials: readonly Trial[], mode: Mode): Choice {
  const amountsOf = new Map(trials.map((trial) => [trial, amountByPlace(trial)]));
  const places = new Set([...amountsOf.values()].flatMap((amounts) => [...amounts.keys()]));
  const winners = new Map<number, Trial>();
  for (const place of places) {
    const taking = trials.filter((trial) => (amountsOf.get(trial)?.get(place) ?? 0) > 0);
    const best = bestOf(taking, mode, (trial) => amountsOf.get(trial)?.get(place) ?? 0);
    if (best) winners.set(place, best);
  }
  const chosen = new Map<CartRule, Claim>();
  const lost = new Map<CartRule, readonly string[]>();
  for (const trial of trials) {
    const { rule, claim, acts } = trial;
    const lostTo = [...(amountsOf.get(trial)?.keys() ?? [])].flatMap((place) => {
      const winner = winners.get(place);
      return winner && winner !== trial ? [winner.rule.key] : [];
    });
    const mine = onlyPlaces(claim, (place) => winners.get(place) === trial);
    const hasWon = mine.reached.length > 0 || winners.get(shippingPlace) === trial;
    // What takes no money from a line cannot lose one: gifts and points stay.
    const hasAmounts = [...(amountsOf.get(trial)?.values() ?? [])].some((amount) => amount > 0);
    if (hasWon || (!hasAmounts && (acts || lostTo.length === 0))) chosen.set(rule, hasWon ? mine : claim);
    else lost.set(rule, [...new Set(lostTo)]);
  }
  return { chosen, lost };
}

function amountByPlace({ claim, freed }: Trial): ReadonlyMap<number, number> {
  const byPlace = new Map(claim.reached.map((at, index) => [at, claim.amounts[index] ?? 0]));
  const onShipping = (claim.shipping ?? 0) + freed;
  if (claim.shipping !== null || freed > 0) byPlace.set(shippingPlace, onShipping);
  return byPlace;
}

function onlyPlaces(claim: Claim, isMine: (place: number) => boolean): Claim {
  const kept = claim.reached.flatMap((at, index) => (isMine(at) ? [[at, claim.amounts[index] ?? 0] as const] : []));
  return {
    reached: kept.map(([at]) => at),
    amounts: kept.map(([, amount]) => amount),
    shipping: isMine(shippingPlace) ? claim.shipping : null,
  };
}
