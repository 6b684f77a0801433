import type { LiveDefinition } from "../definitions/index.ts";
import type { JsonObject, JsonValue } from "../kernel/index.ts";
import type { RuleGate } from "../kernel/rules/index.ts";
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

/** Judges the eligibility of one definition, or of a part of one, for one visitor. */
export type Judge = {
  /** Whether the visitor is in a live audience, by id or key. */
  readonly isMember: (audienceKey: string) => boolean;
  /** The audience's rule leaf by leaf; null when it is not live. */
  readonly explainAudience: (audienceKey: string) => JsonValue;
  /** Truth of the rule; true without one. Rules are compiled once an object. */
  holds(body: WithRule): boolean;
  /** The rule leaf by leaf. */
  explainRule(body: WithRule): JsonValue;
  /** What the value of one attribute tells of the rule, for every visitor; default: nothing. */
  gateOf?(body: WithRule): RuleGate | undefined;
  /** An attribute by its path, as rules read it; default: nothing can be read. */
  readonly read?: (path: string) => unknown;
};

export type WithRule = Pick<PlacedBody, "rule">;

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
  /** The definition that was shown, where it is not the candidate itself; for the log. */
  readonly shown?: { readonly id: string; readonly version: number };
  /** Detail for `explain`. */
  readonly explain?: JsonValue;
};

/** What belongs to one placement of one call. */
export type PlacementCall = {
  readonly placement: string;
  /** Id that the answer will carry, and by which events name it. */
  readonly decisionId: string;
  /** Judges parts of a definition by themselves: offers of a policy have audiences and rules of their own. */
  readonly judge: Judge;
  readonly explain: boolean;
  /** Leaves no trace: no exposure, nothing counted. */
  readonly preview: boolean;
  /** The device's identifier, where the visitor is nobody yet; empty = none. */
  readonly identityKey: string;
  /** What the request says of itself. */
  readonly context: JsonObject;
  /** False for previews, and for visitors who refused personalisation: nothing of what they see is remembered. */
  readonly mayRemember: boolean;
  /** States of rotations that the client sent back, by the rotation's id. */
  readonly rotations: Readonly<Record<string, string>>;
  /** Keys that must not be shown: those the caller has on the page, and those of earlier placements; a decider adds what it shows. */
  readonly exclude: Set<string>;
  /** Of a call that waits until something is taken for the visitor; absent: what must be taken is not shown, but in previews. */
  readonly claims?: Claims;
};

/** What became of something that must be taken before it is shown: a piece of a stock, a code of one person. */
export type ClaimState =
  | { readonly state: "open" }
  | { readonly state: "taken"; readonly value: JsonObject }
  | { readonly state: "refused"; readonly text: string };

/** What one call takes; a decider that asks for more knows the rest of it. */
export type Claims = { readonly of: (key: string) => ClaimState };

export type Undecided = { readonly ok: false; readonly reason: Reason; readonly explain?: JsonValue };

/**
 * One kind of answer behind the decision path. Synchronous: all it needs is in memory. `decide` only ever gets candidates of
 * the same decider, so deciders of different bodies can stand in one list.
 */
export type Decider<B extends PlacedBody = PlacedBody> = {
  readonly kind: string;
  candidates(): readonly LiveDefinition<B>[];
  decide(candidate: LiveDefinition<B>, context: DecisionContext, call: PlacementCall): Decided | Undecided;
};
