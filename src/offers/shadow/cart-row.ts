import type { CartOutcome } from "./judge-cart.ts";

/** Which cart of which run, and when it was judged. */
export type CartPlace = {
  readonly runId: string;
  readonly cartId: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** Of several outcomes of a cart the highest counts. */
  readonly version: number;
  readonly isTrusted: boolean;
  readonly storeView: string;
};

export type CartRow = Readonly<Record<string, unknown>>;

/** Above every time: what a server asked about goes before whatever a browser says of the same cart. */
const trustedFrom = 4_000_000_000_000_000;

/** Grows with time and with every call, within what a JSON number tells exactly. */
export function createVersions() {
  let last = 0;
  return (nowMs: number, isTrusted: boolean): number => {
    last = Math.max(last + 1, nowMs * 1_000);
    return isTrusted ? trustedFrom + last : last;
  };
}

/** A row of `offer_shadow_carts`. @param sample JSON text; empty for a cart that both sides treat alike */
export function toCartRow(place: CartPlace, outcome: CartOutcome, sample: string): CartRow {
  const { rules, margins, given } = outcome;
  const flag = (is: boolean | undefined) => (is ? 1 : 0);
  return {
    ...{ run_id: place.runId, cart_id: place.cartId, version: place.version, at: place.at },
    ...{ is_trusted: flag(place.isTrusted), store_view: place.storeView, currency: outcome.currency },
    ...{ lines: outcome.lines, subtotal: outcome.subtotal, given_live: given.live, given_draft: given.draft },
    is_changed: flag(outcome.isChanged),
    costed_subtotal: margins?.costedSubtotal ?? 0,
    ...{ margin_live: margins?.margin.live ?? 0, margin_draft: margins?.margin.draft ?? 0 },
    ...{ below_live: flag(margins?.isBelow.live), below_draft: flag(margins?.isBelow.draft) },
    rules: rules.map(({ key }) => key),
    outcomes_live: rules.map((rule) => rule.outcome.live),
    outcomes_draft: rules.map((rule) => rule.outcome.draft),
    rules_live: rules.map((rule) => rule.given.live),
    rules_draft: rules.map((rule) => rule.given.draft),
    rules_below: rules.map((rule) => flag(rule.isBelow)),
    // Keys of definitions have no spaces.
    overlaps: outcome.overlaps.map((pair) => pair.join(" ")),
    sample,
  };
}
