// The choice against a naive reading of the policy: every offer judged by its whole rule, one after the other, with nothing remembered.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAudienceRules } from "../../audiences/index.ts";
import { createCatalogMemory } from "../../catalog/index.ts";
import { createJudges, type Judge } from "../../decisions/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import type { JsonValue } from "../../kernel/index.ts";
import type { RuleSubject } from "../../kernel/rules/index.ts";
import type { CollectionBody, OfferBody, PolicyBody, Ranking, StrategyEntry } from "./bodies.ts";
import { type ChooseFacts, chooseOffers } from "./choose-offers.ts";
import { compareOffers, createOfferSet, type LiveOf, type OfferSet } from "./offer-set.ts";

const now = Date.parse("2026-03-10T12:00:00Z");
const rules = createAudienceRules({ catalog: createCatalogMemory(), config: { timezone: "UTC" } });

// Written in several ways, and some of them never seen.
const tiers = ["gold", "Gold", "silver", "bronze", "none"];
const categories = ["bags", "Bags", "shoes", "10", "10.0"];
const devices = ["mobile", "desktop"];
const counts = [0, 1, 2, 3, 5, 8];
const leaf = (path: string, op: string, value?: JsonValue): JsonValue => ({
  attribute: { path, op, ...(value === undefined ? {} : { value }) },
});
const texts = fc.tuple(
  fc.constantFrom("eq", "eq", "eq", "neq", "in", "not_in", "starts_with", "exists"),
  fc.oneof(
    fc.tuple(fc.constant("profile.loyalty.tier"), fc.constantFrom(...tiers)),
    fc.tuple(fc.constantFrom("profile.favourite_category", "profile.email"), fc.constantFrom(...categories)),
    fc.tuple(fc.constant("context.device"), fc.constantFrom(...devices)),
  ),
);
const anyLeaf: fc.Arbitrary<JsonValue> = fc.oneof(
  texts.map(([op, [path, value]]) => {
    if (op === "exists") return leaf(path, op);
    return leaf(path, op, op === "in" || op === "not_in" ? [value, "other"] : value);
  }),
  fc
    .tuple(
      fc.constantFrom("profile.sessions", "profile.orders_count", "cart.total_qty"),
      fc.constantFrom("eq", "neq", "gt", "gte", "lt", "lte", "between"),
      fc.constantFrom(...counts),
    )
    .map(([path, op, value]) => leaf(path, op, op === "between" ? [value, value + 2] : value)),
  fc.constantFrom(leaf("profile.is_registered", "is_true"), leaf("profile.is_registered", "eq", false)),
  // An attribute that has gone: nobody fits.
  fc.constant(leaf("profile.nothing", "eq", "x")),
);
const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", maxDepth: 3 },
    anyLeaf,
    anyLeaf,
    fc.array(tie("tree"), { maxLength: 4 }).map((all): JsonValue => ({ all })),
    fc.array(tie("tree"), { minLength: 1, maxLength: 3 }).map((any): JsonValue => ({ any })),
    tie("tree").map((not): JsonValue => ({ not })),
  ),
}));

const audiences = ["vip", "buyers", "lapsed"];
const audienceList = fc.oneof(
  { weight: 3, arbitrary: fc.constant<string[]>([]) },
  { weight: 1, arbitrary: fc.subarray(audiences) },
);
const who = fc.record(
  { audiences: audienceList, audienceMatch: fc.constantFrom("any" as const, "all" as const), rule: tree },
  { requiredKeys: ["audiences"] },
);
const always = { priority: 0, representations: [{ placement: "hero", html: "x" }], tags: [] };
type Drawn = {
  readonly body: OfferBody;
  readonly storeViews: readonly string[] | null;
  readonly fromMs: number | null;
  readonly toMs: number | null;
};
const offer: fc.Arbitrary<Drawn> = fc.record({
  body: fc
    .tuple(
      who,
      fc.record({
        priority: fc.integer({ min: 0, max: 4 }),
        representations: fc.constantFrom(
          always.representations,
          always.representations,
          always.representations,
          [{ placement: "other", html: "x" }],
          [{ placement: "hero", html: "x", storeViews: ["de"] }],
        ),
        tags: fc.subarray(["a", "b", "c"], { minLength: 1 }),
        attributes: fc.record({ margin: fc.integer({ min: 0, max: 3 }) }),
      }),
      fc.constantFrom({}, {}, {}, {}, { consent: "ads" }),
    )
    .map(([eligible, rest, consent]) => ({ ...eligible, ...rest, ...consent })),
  storeViews: fc.constantFrom(null, null, null, ["de"], ["en", "de"]),
  fromMs: fc.constantFrom(null, null, null, now - 1, now, now + 1),
  toMs: fc.constantFrom(null, null, null, now, now + 1),
});
const ranking: fc.Arbitrary<Ranking> = fc.constantFrom<Ranking>(
  { method: "priority" },
  { method: "priority" },
  { method: "formula", formula: "item.attributes.margin + 2 * item.priority" },
  { method: "model", model: {} },
);
const strategy = fc.tuple(who, ranking, fc.constantFrom("a", "b", "c", "all"));

const visitor = fc.record({
  profile: fc.record(
    {
      loyalty: fc.record({ tier: fc.constantFrom(...tiers) }),
      favourite_category: fc.oneof(
        fc.constantFrom(...categories),
        fc.constant(10),
        fc.array(fc.constantFrom(...categories)),
      ),
      email: fc.constantFrom(...categories),
      sessions: fc.oneof(fc.constantFrom(...counts), fc.constantFrom("3", "5.0")),
      orders_count: fc.constantFrom(...counts),
      is_registered: fc.constantFrom(true, false, "true", 1),
    },
    { requiredKeys: [] },
  ),
  context: fc.record({ device: fc.constantFrom(...devices) }, { requiredKeys: [] }),
  cart: fc.option(fc.record({ total_qty: fc.constantFrom(...counts) }), { nil: undefined }),
  memberOf: fc.subarray(audiences),
  consents: fc.boolean(),
  storeView: fc.constantFrom("en", "de"),
  excluded: fc.array(fc.nat({ max: 30 }), { maxLength: 2 }),
});
type Visitor = {
  readonly profile: RuleSubject["profile"];
  readonly context: RuleSubject["context"];
  readonly cart: RuleSubject["cart"];
  readonly memberOf: readonly string[];
  readonly consents: boolean;
  readonly storeView: string;
  readonly excluded: readonly number[];
};

const keyOf = (at: number): string => `offer-${at}`;

function liveOf<B>(kind: string, key: string, body: B, more: Partial<LiveDefinition<B>> = {}): LiveDefinition<B> {
  return {
    ...{ id: key, kind, key, name: key, version: 1, updatedAt: 0, body },
    ...{ scope: { storeViews: null }, schedule: null, window: { fromMs: null, toMs: null } },
    ...more,
  };
}

function setOf(offers: readonly Drawn[], policy: PolicyBody): OfferSet {
  const collections: Record<string, CollectionBody> = {
    all: { offers: offers.map((_, at) => keyOf(at)) },
    a: { tags: { any: ["a"] } },
    b: { tags: { any: ["b"] } },
    c: { tags: { all: ["b", "c"] } },
  };
  const byKind: Readonly<Record<string, readonly LiveDefinition<unknown>[]>> = {
    offer: [
      ...offers.map(({ body, storeViews, fromMs, toMs }, at) =>
        liveOf("offer", keyOf(at), body, { scope: { storeViews }, window: { fromMs, toMs } }),
      ),
      liveOf("offer", "fallback", { ...always, audiences: [], fallback: true }),
    ],
    "offer-collection": Object.entries(collections).map(([key, body]) => liveOf("offer-collection", key, body)),
    "offer-placement": [liveOf("offer-placement", "hero", { placement: "home", channel: "web", contentType: "html" })],
    "offer-policy": [liveOf("offer-policy", "policy", policy)],
  };
  // The lists of one kind have the bodies of that kind.
  const live: LiveOf = <B>(kind: string) => (byKind[kind] ?? []) as readonly LiveDefinition<B>[];
  return createOfferSet(live)();
}

const noReason = (): undefined => undefined;

function factsOf(of: Visitor, judge: Judge, explain: boolean): ChooseFacts {
  return {
    ...{ placementKey: "hero", storeView: of.storeView, nowMs: now, explain, timezone: "UTC" },
    isMember: judge.isMember,
    holds: (condition) => judge.holds(condition),
    gateOf: (condition) => judge.gateOf?.(condition),
    read: (path) => judge.read?.(path),
    consents: () => of.consents,
    ...{ cap: noReason, cartRule: noReason, claim: noReason, modelScore: noReason },
    exclude: new Set(of.excluded.map(keyOf)),
    rankByModel: (_, eligible) => ({
      order: [...eligible].reverse().map((each) => ({ offer: each, score: 1, propensity: 1 })),
      policy: "model/1",
    }),
  };
}

type Outcome = { readonly offer: string; readonly strategy: string; readonly removedBy?: string };

/** The policy word by word. */
function naive(offers: readonly Drawn[], policy: PolicyBody, of: Visitor) {
  const subject: RuleSubject = { profile: of.profile, context: of.context, cart: of.cart };
  const isFor = ({ audiences: keys = [], audienceMatch, rule }: Partial<OfferBody>): string | undefined => {
    const isIn = (key: string): boolean => of.memberOf.includes(key);
    if (keys.length > 0 && !(audienceMatch === "all" ? keys.every(isIn) : keys.some(isIn))) return "audience";
    return rule === undefined || rules.compile(rule).test(subject, now) ? undefined : "rule";
  };
  const chosen: Outcome[] = [];
  const considered: Outcome[] = [];
  const excluded = of.excluded.map(keyOf);
  const removedBy = ({ body, storeViews, fromMs, toMs }: Drawn, key: string, before: readonly Outcome[]) => {
    if (before.some((each) => each.offer === key)) return "duplicate";
    if (excluded.includes(key)) return "excluded";
    const fits = body.representations.some(
      (each) => each.placement === "hero" && (each.storeViews === undefined || each.storeViews.includes(of.storeView)),
    );
    if (!fits) return "representation";
    if (storeViews !== null && !storeViews.includes(of.storeView)) return "scope";
    if ((fromMs !== null && fromMs > now) || (toMs !== null && toMs <= now)) return "date";
    if (body.consent !== undefined && !of.consents) return "consent";
    return isFor(body);
  };
  for (const entry of policy.entries) {
    if (entry.type === "offer") continue;
    const inIt = offers
      .map((drawn, at) => ({ drawn, key: keyOf(at), id: keyOf(at), priority: drawn.body.priority }))
      .filter(({ drawn: { body } }) => {
        const tags = body.tags ?? [];
        if (entry.collection === "all") return true;
        return entry.collection === "c" ? tags.includes("b") && tags.includes("c") : tags.includes(entry.collection);
      })
      .sort(compareOffers);
    const before = [...chosen];
    const out = isFor(entry);
    const judged = inIt.map(({ drawn, key }) => ({ drawn, key, removed: out ?? removedBy(drawn, key, before) }));
    for (const { key, removed } of judged)
      if (removed) considered.push({ offer: key, strategy: entry.name, removedBy: removed });
    const eligible = judged.filter(({ removed }) => removed === undefined);
    const score = ({ body }: Drawn) => Number(body.attributes?.["margin"]) + 2 * body.priority;
    if (entry.ranking.method === "formula") eligible.sort((a, b) => score(b.drawn) - score(a.drawn));
    if (entry.ranking.method === "model") eligible.reverse();
    for (const { key } of eligible) {
      const isShown = chosen.length < policy.wanted;
      if (isShown) chosen.push({ offer: key, strategy: entry.name });
      else considered.push({ offer: key, strategy: entry.name });
    }
  }
  const removals = considered.filter((each) => each.removedBy !== undefined);
  if (chosen.length < policy.wanted) chosen.push({ offer: "fallback", strategy: "fallback" });
  return { chosen, removals };
}

const byName = (a: Outcome, b: Outcome): number => (`${a.strategy} ${a.offer}` < `${b.strategy} ${b.offer}` ? -1 : 1);

describe("the choice of offers", () => {
  it("is what judging every offer by its whole rule gives, and so are the reasons", () => {
    const judges = createJudges({ compile: (rule) => rules.compile(rule) });
    const seen = { chosen: 0, byRule: 0 };
    fc.assert(
      fc.property(
        fc.array(offer, { minLength: 5, maxLength: 30, size: "large" }),
        fc.array(strategy, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(visitor, { minLength: 2, maxLength: 5 }),
        (offers, strategies, wanted, visitors) => {
          const entries = strategies.map(
            ([eligible, ranked, collection], at): StrategyEntry => ({
              ...eligible,
              ...{ type: "strategy", name: `s${at}`, collection, ranking: ranked },
            }),
          );
          const policy: PolicyBody = {
            ...{ placements: ["hero"], priority: 1, audiences: [], wanted, entries, fallback: "fallback" },
          };
          const compiled = setOf(offers, policy).policies.get("policy");
          if (!compiled) throw new Error("the policy is gone");
          // One set for all of them: what it learns from one visitor must not change what the next one gets.
          for (const each of visitors) {
            const subject: RuleSubject = { profile: each.profile, context: each.context, cart: each.cart };
            const judge = judges(subject, now, {
              isMember: (key) => each.memberOf.includes(key),
              explainAudience: () => null,
            });
            const expected = naive(offers, policy, each);
            for (const explain of [false, true]) {
              const choice = chooseOffers(compiled, factsOf(each, judge, explain));
              const shown = choice.chosen.map(({ offer: { key }, strategy: by }) => ({ offer: key, strategy: by }));
              expect(shown).toEqual(expected.chosen);
              if (!explain) continue;
              const removals = choice.considered
                .filter(({ outcome }) => outcome === "removed")
                .map(({ offer: key, strategy: by, removedBy = "" }) => ({ offer: key, strategy: by, removedBy }));
              expect([...removals].sort(byName)).toEqual([...expected.removals].sort(byName));
            }
            seen.chosen += expected.chosen.filter(({ offer: key }) => key !== "fallback").length;
            seen.byRule += expected.removals.filter(({ removedBy }) => removedBy === "rule").length;
          }
        },
      ),
      { numRuns: Number(process.env["CLIENTELE_TEST_RUNS"] ?? 100) },
    );
    // What was compared did hold often, and did not often.
    expect(seen.chosen).toBeGreaterThan(150);
    expect(seen.byRule).toBeGreaterThan(1_000);
  });
});
