// Live offers as decisions need them: compiled once when a list of definitions changes, each collection in its order.
import type { LiveDefinition } from "../../definitions/index.ts";
import type { JsonValue } from "../../kernel/index.ts";
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
import { collectionKind, offerKind, placementKind, policyKind } from "./offer-kinds.ts";
import { compileScore, type FormulaScore } from "./rank-by-formula.ts";

/** Who may have something; `rule` is one object for all equal rules, so that each is compiled and judged once. */
export type Eligible = {
  readonly audiences: readonly string[];
  readonly all: boolean;
  readonly rule: { readonly rule?: JsonValue } | undefined;
};

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
  readonly updatedAt: number;
  readonly storeViews: readonly string[] | null;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly tags: ReadonlySet<string>;
  readonly caps: readonly CompiledCap[];
  readonly consent: string | undefined;
  readonly isFallback: boolean;
  readonly cartRule: OfferBody["cartRule"];
  readonly representations: ReadonlyMap<string, readonly Representation[]>;
};

export type Strategy = {
  readonly who: Eligible;
  readonly name: string;
  /** In order of priority, then the newest, then by key. */
  readonly offers: readonly Offer[];
  /** Of them, those that can be shown at a placement in a store view; same order. */
  readonly showable: (placementKey: string, storeView: string) => readonly Offer[];
  readonly formula: FormulaScore | undefined;
  readonly model: ModelSettings | undefined;
  readonly method: "priority" | "formula" | "model";
};

export type Policy = {
  readonly strategies: readonly Strategy[];
  readonly fallback: Offer | undefined;
  readonly wanted: number;
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
  readonly rules: Map<string, { readonly rule: JsonValue }>;
  readonly who: Map<string, Eligible>;
};

function eligibleOf(
  body: { readonly audiences?: readonly string[]; readonly audienceMatch?: "any" | "all"; readonly rule?: JsonValue },
  holders: Holders,
): Eligible {
  const { audiences = [], audienceMatch, rule } = body;
  const text = rule === undefined ? "" : JSON.stringify(rule);
  const whole = JSON.stringify([audiences, audienceMatch === "all", text]);
  const known = holders.who.get(whole);
  if (known) return known;
  const shared = rule === undefined ? undefined : (holders.rules.get(text) ?? { rule });
  if (shared) holders.rules.set(text, shared);
  const made: Eligible = { audiences, all: audienceMatch === "all", rule: shared };
  holders.who.set(whole, made);
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
  const known = new Map<string, readonly Offer[]>();
  return (placementKey, storeView) => {
    const key = `${placementKey} ${storeView}`;
    const found = known.get(key);
    if (found) return found;
    const made = offers.filter(
      (offer) =>
        (offer.storeViews === null || offer.storeViews.includes(storeView)) &&
        representationOf(offer, placementKey, storeView) !== undefined,
    );
    // Callers name the store view: what they make up is not kept.
    if (known.size < mostShowable) known.set(key, made);
    return made;
  };
}

function toOffer(definition: LiveDefinition<OfferBody>, holders: Holders): Offer {
  const { body, id, key, name, version, updatedAt, window, scope } = definition;
  const representations = new Map<string, Representation[]>();
  for (const one of body.representations) {
    const known = representations.get(one.placement);
    if (known) known.push(one);
    else representations.set(one.placement, [one]);
  }
  return {
    who: eligibleOf(body, holders),
    ...{ id, key, name, version, updatedAt, representations },
    priority: body.priority,
    fromMs: window.fromMs,
    toMs: window.toMs,
    storeViews: scope.storeViews,
    attributes: body.attributes ?? {},
    tags: new Set(body.tags),
    caps: (body.caps ?? []).map(compileCap),
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
  const holders: Holders = { rules: new Map(), who: new Map() };
  const all = offers.map((definition) => toOffer(definition, holders)).sort(compareOffers);
  const byKey = new Map(all.map((offer) => [offer.key, offer]));
  const byCollection = new Map(
    collections.map(({ key, body }) => [key, [...membersOf(body, all, byKey)].sort(compareOffers)]),
  );
  const toPolicy = ({ body }: LiveDefinition<PolicyBody>): Policy => ({
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
    policies: new Map(policies.map((definition) => [definition.key, toPolicy(definition)])) as ReadonlyMap<
      string,
      Policy
    >,
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
