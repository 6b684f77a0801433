// Live offers as decisions need them: compiled once when a list of definitions changes, each collection in its order.
import type { LiveDefinition } from "../../definitions/index.ts";
import { isObject, type JsonValue } from "../../kernel/index.ts";
import {
  type CollectionBody,
  type ContentType,
  isStrategy,
  type ModelSettings,
  type OfferBody,
  type OfferPlacementBody,
  type PolicyBody,
  type Representation,
  type StrategyEntry,
} from "./bodies.ts";
import { type CompiledCap, compileCap } from "./caps.ts";
import { createGates, type Gates } from "./offer-gates.ts";
import { collectionKind, offerKind, placementKind, policyKind } from "./offer-kinds.ts";
import { compileScore, type FormulaScore } from "./rank-by-formula.ts";

/** A part of rules that must hold; one object for all equal parts, so that each is compiled and judged once. */
export type Condition = { readonly rule: JsonValue; readonly at: number };

/** Who may have something. */
export type Eligible = {
  /** Its place among all of the set. */
  readonly at: number;
  readonly audiences: readonly string[];
  readonly all: boolean;
  /** All must hold, in any order. */
  readonly conditions: readonly Condition[];
  /** The condition that failed last, which is looked at first: most visitors fail at the same one. A hint, without effect on verdicts. */
  readonly failedAt: { last: number };
};

/** How many there are of each in the set: verdicts of a call stand in arrays. */
export type Sizes = { readonly eligibles: number; readonly conditions: number };

export type Offer = {
  /** One object for all offers with the same conditions: judged once a decision. */
  readonly who: Eligible;
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly version: number;
  readonly priority: number;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly schedule: LiveDefinition<unknown>["schedule"];
  readonly updatedAt: number;
  readonly storeViews: readonly string[] | null;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly tags: ReadonlySet<string>;
  /** All of them; `soft` are compared with counts, of `hard` a piece is held. */
  readonly caps: readonly CompiledCap[];
  readonly soft: readonly CompiledCap[];
  readonly hard: readonly CompiledCap[];
  /** Of them there are limits for each person: who is nobody cannot have it. */
  readonly isPersonal: boolean;
  /** Something must be taken for the visitor before it may be shown: a piece of a stock, a code. */
  readonly isTaken: boolean;
  readonly consent: string | undefined;
  readonly isFallback: boolean;
  readonly cartRule: OfferBody["cartRule"];
  readonly representations: ReadonlyMap<string, readonly Representation[]>;
};

export type Showable = {
  readonly offers: readonly Offer[];
  /** The place of each one's `who`. */
  readonly whoseAt: Uint32Array;
};

export type Strategy = {
  readonly who: Eligible;
  readonly name: string;
  /** In order of priority, then the newest, then by key. */
  readonly offers: readonly Offer[];
  /** Of them, those that can be shown at a placement in a store view; same order. */
  readonly showable: (placementKey: string, storeView: string) => Showable;
  readonly formula: FormulaScore | undefined;
  readonly model: ModelSettings | undefined;
  readonly method: "priority" | "formula" | "model";
};

export type Policy = {
  readonly strategies: readonly Strategy[];
  readonly fallback: Offer | undefined;
  readonly wanted: number;
  readonly sizes: Sizes;
  readonly gates: Gates;
};

export type Placement = { readonly key: string; readonly name: string; readonly contentType: ContentType };

type Lists = {
  readonly offers: readonly LiveDefinition<OfferBody>[];
  readonly collections: readonly LiveDefinition<CollectionBody>[];
  readonly placements: readonly LiveDefinition<OfferPlacementBody>[];
  readonly policies: readonly LiveDefinition<PolicyBody>[];
};

/** Order of offers: higher priority, then the newest (ids are ordered by time), then the key. */
export function compareOffers(a: Pick<Offer, "priority" | "id" | "key">, b: Pick<Offer, "priority" | "id" | "key">) {
  if (a.priority !== b.priority) return b.priority - a.priority;
  if (a.id !== b.id) return a.id > b.id ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

type Holders = {
  readonly conditions: Map<string, Condition>;
  readonly who: Map<string, Eligible>;
};

/** The parts of a rule that must all hold. */
function partsOf(rule: JsonValue): readonly JsonValue[] {
  if (!isObject(rule) || Object.keys(rule).length !== 1) return [rule];
  const { all } = rule;
  return Array.isArray(all) ? all.flatMap(partsOf) : [rule];
}

function eligibleOf(
  body: { readonly audiences?: readonly string[]; readonly audienceMatch?: "any" | "all"; readonly rule?: JsonValue },
  { conditions, who }: Holders,
): Eligible {
  const { audiences = [], audienceMatch, rule } = body;
  const all = audienceMatch === "all";
  const whole = JSON.stringify([audiences, all, rule ?? null]);
  const known = who.get(whole);
  if (known) return known;
  const parts = rule === undefined ? [] : partsOf(rule);
  const own = parts.map((part): Condition => {
    const text = JSON.stringify(part);
    const shared = conditions.get(text) ?? { rule: part, at: conditions.size };
    conditions.set(text, shared);
    return shared;
  });
  const made: Eligible = { at: who.size, audiences, all, conditions: own, failedAt: { last: 0 } };
  who.set(whole, made);
  return made;
}

/** The first representation of an offer that fits the placement and store view. */
export function representationOf(offer: Offer, placementKey: string, storeView: string): Representation | undefined {
  return offer.representations
    .get(placementKey)
    ?.find(({ storeViews }) => storeViews === undefined || storeViews.includes(storeView));
}

const mostShowable = 200;

/** Made when first asked for: most strategies are at one placement, and in few store views. */
function createShowable(offers: readonly Offer[]): Strategy["showable"] {
  const known = new Map<string, Showable>();
  return (placementKey, storeView) => {
    const key = `${placementKey} ${storeView}`;
    const found = known.get(key);
    if (found) return found;
    const shown = offers.filter(
      (offer) =>
        (offer.storeViews === null || offer.storeViews.includes(storeView)) &&
        representationOf(offer, placementKey, storeView) !== undefined,
    );
    const made: Showable = { offers: shown, whoseAt: Uint32Array.from(shown, ({ who }) => who.at) };
    // Callers name the store view: what they make up is not kept.
    if (known.size < mostShowable) known.set(key, made);
    return made;
  };
}

function toOffer(definition: LiveDefinition<OfferBody>, holders: Holders): Offer {
  const { body, id, key, name, version, updatedAt, window, schedule, scope } = definition;
  const representations = new Map<string, Representation[]>();
  for (const one of body.representations) {
    const known = representations.get(one.placement);
    if (known) known.push(one);
    else representations.set(one.placement, [one]);
  }
  const caps = (body.caps ?? []).map(compileCap);
  const hard = caps.filter(({ rule }) => rule.hard === true);
  return {
    who: eligibleOf(body, holders),
    ...{ caps, hard, soft: caps.filter(({ rule }) => rule.hard !== true) },
    isPersonal: hard.some(({ rule }) => rule.per === "profile"),
    isTaken: hard.length > 0 || body.cartRule?.personalCode !== undefined,
    ...{ id, key, name, version, updatedAt, representations },
    priority: body.priority,
    fromMs: window.fromMs,
    toMs: window.toMs,
    schedule,
    storeViews: scope.storeViews,
    attributes: body.attributes ?? {},
    tags: new Set(body.tags),
    consent: body.consent,
    isFallback: body.fallback === true,
    cartRule: body.cartRule,
  };
}

function membersOf(body: CollectionBody, all: readonly Offer[], byKey: ReadonlyMap<string, Offer>): readonly Offer[] {
  if ("offers" in body)
    return body.offers.flatMap((key) => byKey.get(key) ?? []).filter(({ isFallback }) => !isFallback);
  const { tags, attributes = [] } = body;
  return all.filter(
    (offer) =>
      !offer.isFallback &&
      (tags?.any === undefined || tags.any.some((tag) => offer.tags.has(tag))) &&
      (tags?.all ?? []).every((tag) => offer.tags.has(tag)) &&
      attributes.every(({ name, value }) => Object.hasOwn(offer.attributes, name) && offer.attributes[name] === value),
  );
}

function toStrategy(entry: StrategyEntry, offers: readonly Offer[], holders: Holders): Strategy {
  const { name, ranking } = entry;
  return {
    who: eligibleOf(entry, holders),
    ...{ name, offers, method: ranking.method, showable: createShowable(offers) },
    formula: ranking.method === "formula" ? compileScore(ranking.formula) : undefined,
    model: ranking.method === "priority" ? undefined : ranking.model,
  };
}

function build({ offers, collections, placements, policies }: Lists) {
  const holders: Holders = { conditions: new Map(), who: new Map() };
  const all = offers.map((definition) => toOffer(definition, holders)).sort(compareOffers);
  const byKey = new Map(all.map((offer) => [offer.key, offer]));
  const byCollection = new Map(
    collections.map(({ key, body }) => [key, [...membersOf(body, all, byKey)].sort(compareOffers)]),
  );
  const toPolicy = ({ body }: LiveDefinition<PolicyBody>): Omit<Policy, "sizes" | "gates"> => ({
    strategies: body.entries.map((entry) => {
      if (isStrategy(entry)) return toStrategy(entry, byCollection.get(entry.collection) ?? [], holders);
      const one = byKey.get(entry.offer);
      const name = `offer:${entry.offer}`;
      return toStrategy(
        { type: "strategy", name, collection: "", ranking: { method: "priority" } },
        one ? [one] : [],
        holders,
      );
    }),
    fallback: body.fallback === undefined ? undefined : byKey.get(body.fallback),
    wanted: body.wanted,
  });
  const made = policies.map((definition) => [definition.key, toPolicy(definition)] as const);
  // Strategies have conditions too: known once all are made.
  const sizes: Sizes = { eligibles: holders.who.size, conditions: holders.conditions.size };
  // In the order of their places.
  const gates = createGates([...holders.who.values()]);
  return {
    offers: all as readonly Offer[],
    byKey: byKey as ReadonlyMap<string, Offer>,
    byId: new Map(all.map((offer) => [offer.id, offer])) as ReadonlyMap<string, Offer>,
    byCollection: byCollection as ReadonlyMap<string, readonly Offer[]>,
    placements: new Map(
      placements.map(({ key, body }): [string, Placement] => [
        key,
        { key, name: body.placement, contentType: body.contentType },
      ]),
    ) as ReadonlyMap<string, Placement>,
    policies: new Map(made.map(([key, policy]) => [key, { ...policy, sizes, gates }])) as ReadonlyMap<string, Policy>,
  };
}

export type OfferSet = ReturnType<typeof build>;

/** Live definitions of a kind: an immutable list that is another one when something changed. */
export type LiveOf = <B>(kind: string) => readonly LiveDefinition<B>[];

/** The set of now; made anew when one of its lists is another. */
export function createOfferSet(live: LiveOf): () => OfferSet {
  let lists: Lists | undefined;
  let set: OfferSet | undefined;
  return () => {
    const current: Lists = {
      offers: live<OfferBody>(offerKind),
      collections: live<CollectionBody>(collectionKind),
      placements: live<OfferPlacementBody>(placementKind),
      policies: live<PolicyBody>(policyKind),
    };
    const isSame =
      lists?.offers === current.offers &&
      lists.collections === current.collections &&
      lists.placements === current.placements &&
      lists.policies === current.policies;
    if (set && isSame) return set;
    lists = current;
    set = build(current);
    return set;
  };
}
