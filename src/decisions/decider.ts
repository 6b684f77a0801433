import type { LiveDefinition } from "../definitions/index.ts";
import type { JsonObject, JsonValue } from "../kernel/index.ts";
import type { Cart, Profile } from "../profiles/index.ts";

/** Why something was decided so: a stable code, a sentence for people, and what it is about. */
export type Reason = { readonly code: string; readonly text: string } & JsonObject;

/** What every body that competes for a placement has in common. */
export type PlacedBody = {
  readonly placement: string;
  /** Lower first. */
  readonly priority: number;
  /** Audience keys; a visitor in any of them; empty = everybody. */
  readonly audiences: readonly string[];
  readonly rule?: JsonValue;
};

/** Everything a decider may look at; the same for all placements of one call. */
export type DecisionContext = {
  readonly nowMs: number;
  readonly storeView: string;
  /** Null: nobody known, or the visitor refused personalisation. */
  readonly profile: Profile | null;
  readonly cart: Cart | null;
  /** SKUs that the page is about: the product of a product page. */
  readonly items: readonly string[];
  readonly categoryPath: string | null;
  /** SKUs already shown by this call; a decider adds what it shows. */
  readonly seen: Set<string>;
};

export type Decided = {
  readonly ok: true;
  readonly kind: string;
  readonly value: JsonObject;
  readonly reasons: readonly Reason[];
  /** Products shown, in order, with their scores. */
  readonly skus: readonly string[];
  readonly scores: readonly number[];
  /** Probability with which the policy chose this value, 0 to 1. */
  readonly propensity: number;
  readonly policy: string;
  /** Detail for `explain`. */
  readonly explain?: JsonValue;
};

export type Undecided = { readonly ok: false; readonly reason: Reason };

/**
 * One kind of answer behind the decision path. Synchronous: all it needs is in memory. `decide` only ever gets candidates of
 * the same decider, so deciders of different bodies can stand in one list.
 */
export type Decider<B extends PlacedBody = PlacedBody> = {
  readonly kind: string;
  candidates(): readonly LiveDefinition<B>[];
  decide(candidate: LiveDefinition<B>, context: DecisionContext): Decided | Undecided;
};
