import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CanonicalEvent } from "../collect/index.ts";
import type { LiveDefinition } from "../definitions/index.ts";
import type { ProfileState } from "../profiles/index.ts";
import { aProduct } from "../testing/a-product.ts";
import {
  aCatalog,
  anAudience,
  anEvent,
  anIdentifier,
  aState,
  dayMs,
  hourMs,
  noon,
} from "../testing/audiences/builders.ts";
import { audienceReferences, createAudienceKind } from "./audience-kind.ts";
import { createAudienceRules } from "./audience-rules.ts";
import { type AudienceSet, buildAudienceSet } from "./audience-set.ts";
import { type Judgement, judgeProfile } from "./judge-profile.ts";
import { applyEvent, type LeafFill, pastOf, rowsOfLeaf, toFill } from "./leaf-state.ts";

const catalog = aCatalog(
  aProduct("tent", { brand: "Acme", categories: ["outdoor/tents"], attributes: { color: "red" } }),
  aProduct("mug", { brand: "Pot", categories: ["kitchen"] }),
);
const rules = createAudienceRules({ catalog: { current: () => catalog }, config: { timezone: "UTC" } });

const fillOf = (hash: string): LeafFill => toFill(hash, 0, true);

function setOf(...audiences: readonly LiveDefinition<{ rule: unknown }>[]): AudienceSet {
  return buildAudienceSet(audiences, { rules, servedOf: () => null, isReady: () => true });
}

function judge(
  set: AudienceSet,
  state: ProfileState,
  nowMs = noon,
  more: { identified?: boolean; isReady?: boolean } = {},
): Judgement {
  const identifiers = more.identified ? [anIdentifier("user_id", "c-1")] : [];
  const profile = { profileId: "018f0000-0000-7000-8000-000000000001", state, identifiers };
  return judgeProfile(profile, set, { nowMs, currency: "USD", catalog, isReady: () => more.isReady ?? true, fillOf });
}

function fold(set: AudienceSet, state: ProfileState, events: readonly CanonicalEvent[]): ProfileState {
  const context = { index: set.leafIndex, fillOf, isKept: () => true, productOf: rules.productOf };
  let { leaves } = state;
  for (const event of events) leaves = applyEvent(leaves, event, context);
  return { ...state, leaves };
}

const viewedOften = (count: number, last: string): unknown => ({
  event: { name: "productPageView", window: { last }, count: { op: "gte", value: count } },
});

describe("judgeProfile", () => {
  it("reports an entry once, with the leaf that decided, and the exit when its time comes", () => {
    const set = setOf(anAudience(1, "browsers", { all: [{ everyone: true }, viewedOften(2, "1d")] }));
    const [id] = set.audiences.map((audience) => audience.id);
    const state = fold(set, aState(), [
      anEvent("productPageView", noon - 5 * hourMs),
      anEvent("productPageView", noon - hourMs),
    ]);
    const first = judge(set, state);
    expect(first.transitions).toEqual([expect.objectContaining({ audienceId: id, entered: true, at: noon })]);
    expect(first.memberships).toEqual({ [String(id)]: { since: noon, version: 1 } });
    expect(first.nextChangeAt).toBe(noon - 5 * hourMs + dayMs + 1);

    const inside = { ...state, memberships: first.memberships };
    expect(judge(set, inside, noon + 1).transitions).toEqual([]);
    const later = judge(set, inside, first.nextChangeAt ?? 0);
    expect(later.transitions).toEqual([
      expect.objectContaining({
        entered: false,
        reasonLeaf: expect.objectContaining({ node: "event", path: "productPageView" }),
      }),
    ]);
    expect(later.memberships).toEqual({});
  });

  it("judges an audience after those that it names, in the same turn", () => {
    const set = setOf(
      anAudience(1, "registered-browsers", {
        all: [{ audience: { id: "browsers" } }, { attribute: { path: "profile.is_registered", op: "is_true" } }],
      }),
      anAudience(2, "browsers", viewedOften(1, "1d")),
    );
    const state = fold(set, aState(), [anEvent("productPageView", noon)]);
    expect(set.audiences.map(({ key }) => key)).toEqual(["browsers", "registered-browsers"]);
    expect(Object.keys(judge(set, state, noon, { identified: true }).memberships)).toHaveLength(2);
    expect(Object.keys(judge(set, state).memberships)).toHaveLength(1);
  });

  it("leaves memberships alone while the past events of a new leaf are being collected", () => {
    const set = setOf(anAudience(1, "browsers", viewedOften(1, "1d"), { version: 2 }));
    const id = String(set.audiences[0]?.id);
    const state = aState({ memberships: { [id]: { since: 5, version: 1 } } });
    expect(judge(set, state, noon, { isReady: false })).toMatchObject({
      transitions: [],
      memberships: state.memberships,
    });
    expect(judge(set, state).transitions).toMatchObject([{ entered: false }]);
  });

  it("ends memberships of audiences that are no longer live", () => {
    const gone = "00000000-0000-7000-8000-000000000009";
    const result = judge(setOf(), aState({ memberships: { [gone]: { since: 5, version: 3 } } }));
    expect(result.transitions).toMatchObject([{ audienceId: gone, version: 3, entered: false, reasonLeaf: null }]);
    expect(result.memberships).toEqual({});
  });

  it("stores no members for rules about the request", () => {
    const set = setOf(anAudience(1, "mobile", { attribute: { path: "context.device", op: "neq", value: "desktop" } }));
    expect(judge(set, aState()).memberships).toEqual({});
  });

  it("reads products behind event lines, carts and histories", () => {
    const tents = { attribute: { path: "product.category_ids", op: "in", value: ["outdoor"] } };
    const set = setOf(
      anAudience(1, "added-acme", {
        event: {
          name: "addToCart",
          where: {
            items: {
              of: "event",
              match: "some",
              where: { attribute: { path: "product.brand", op: "eq", value: "acme" } },
            },
          },
        },
      }),
      anAudience(2, "viewed-tents", { items: { of: "viewed", match: "some", window: { last: "7d" }, where: tents } }),
      anAudience(3, "red-in-cart", {
        items: { of: "cart", match: "some", where: { attribute: { path: "product.color", op: "eq", value: "red" } } },
      }),
      anAudience(4, "empty-cart", { attribute: { path: "cart.total_qty", op: "eq", value: 0 } }),
    );
    const keysOf = (result: Judgement): readonly string[] =>
      set.audiences.filter(({ id }) => id in result.memberships).map(({ key }) => key);
    const nothing = fold(set, aState(), [anEvent("addToCart", noon, { items: [{ sku: "mug" }] })]);
    expect(keysOf(judge(set, nothing))).toEqual(["empty-cart"]);
    const usd = { minor: 1, currency: "USD" };
    const cart = { cartId: null, items: [{ sku: "tent", qty: 1, lineTotal: usd }], updatedAt: noon };
    const viewed = [{ sku: "tent", at: noon - dayMs, count: 1 }];
    const full = fold(set, aState({ cart, viewed }), [anEvent("addToCart", noon, { items: [{ sku: "tent" }] })]);
    expect(keysOf(judge(set, full))).toEqual(["added-acme", "viewed-tents", "red-in-cart"]);
  });

  it("gives the same members event by event, with late events and a moving clock, as from scratch", () => {
    const audiences = [
      anAudience(1, "often", viewedOften(2, "5h")),
      anAudience(2, "not-lately", {
        event: { name: "addToCart", window: { last: "8h" }, count: { op: "eq", value: 0 } },
      }),
      anAudience(3, "different", {
        event: {
          name: "productPageView",
          window: { last: "10h" },
          distinct: "event.properties.items.sku",
          count: { op: "gte", value: 2 },
        },
      }),
      anAudience(4, "spender", {
        event: {
          name: "addToCart",
          aggregate: { fn: "sum", path: "event.properties.amount", op: "gte", value: 5 },
          window: { before: "2h" },
        },
      }),
      anAudience(5, "combined", {
        any: [
          { all: [{ audience: { id: "often" } }, { not: { audience: { id: "different" } } }] },
          { audience: { id: "spender", for: "3h" } },
        ],
      }),
      anAudience(6, "sequence", {
        sequence: {
          window: { last: "12h" },
          steps: [{ name: "productPageView" }, { name: "addToCart", within: "2h" }],
        },
      }),
    ];
    const set = setOf(...audiences);
    const step = fc.record({
      type: fc.constantFrom("productPageView", "addToCart"),
      sku: fc.constantFrom("tent", "mug"),
      amount: fc.integer({ min: 0, max: 4 }),
      waitMs: fc.integer({ min: 0, max: 3 * hourMs }),
      lateMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9 * hourMs })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let now = noon;
        let state = aState();
        const initial = judge(set, state);
        state = { ...state, memberships: initial.memberships };
        let due = initial.nextChangeAt;
        const events: CanonicalEvent[] = [];
        const settle = (until: number): void => {
          // Time passes: the profile is judged again at each instant it asked for.
          for (let guard = 0; due !== null && due <= until && guard < 200; guard += 1) {
            const result = judge(set, state, due);
            state = { ...state, memberships: result.memberships };
            due = result.nextChangeAt;
          }
        };
        for (const { type, sku, amount, waitMs, lateMs } of steps) {
          settle(now + waitMs);
          now += waitMs;
          const event = anEvent(type, now - lateMs, { items: [{ sku }], amount });
          events.push(event);
          state = fold(set, state, [event]);
          const result = judge(set, state, now);
          state = { ...state, memberships: result.memberships };
          due = result.nextChangeAt;
        }
        const inOrder = [...events].sort((a, b) => a.timestamp - b.timestamp);
        const scratch = fold(set, aState(), inOrder);
        // `for` counts from the stored entry, which is history and not a function of the events.
        const judgedFresh = judge(set, { ...scratch, memberships: state.memberships }, now);
        expect(Object.keys(state.memberships).sort()).toEqual(Object.keys(judgedFresh.memberships).sort());
        for (const hash of Object.keys(scratch.leaves)) {
          expect([...(state.leaves[hash] ?? [])].sort()).toEqual([...(scratch.leaves[hash] ?? [])].sort());
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("leaf state", () => {
  it("keeps times ascending, whatever the order of arrival, and at most 1,000 of them", () => {
    const set = setOf(anAudience(1, "browsers", viewedOften(1, "1d")));
    const hash = String(set.audiences[0]?.rule.eventLeaves[0]?.hash);
    const events = [3, 1, 2].map((at) => anEvent("productPageView", at));
    expect(rowsOfLeaf(fold(set, aState(), events).leaves, fillOf(hash))).toEqual([1, 2, 3]);
    const many = Array.from({ length: 1005 }, (_, at) => anEvent("productPageView", at));
    const kept = rowsOfLeaf(fold(set, aState(), many).leaves, fillOf(hash)) ?? [];
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([1000, 5, 1004]);
  });

  it("does not touch profiles whose event no leaf looks at", () => {
    const set = setOf(anAudience(1, "browsers", viewedOften(1, "1d")));
    const { leaves } = aState();
    expect(applyEvent(leaves, anEvent("pageView", noon), { index: set.leafIndex, fillOf, isKept: () => true })).toBe(
      leaves,
    );
  });

  it("counts each event once, whether it came before or after the cut-off, counted or folded, in any order", () => {
    const set = setOf(anAudience(1, "browsers", viewedOften(1, "1d")));
    const hash = String(set.audiences[0]?.rule.eventLeaves[0]?.hash);
    const cutoff = 1_000;
    const times = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 5 }), received: fc.integer({ min: 0, max: 2_000 }) }),
      {
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(
        times,
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 0, max: 30 }),
        (sent, counted, finished) => {
          // Everything is folded in order; at one moment the past is put in place of what was folded of it, at a later one all is live.
          const stored = sent.filter(({ received }) => received <= cutoff).map(({ at }) => at);
          const past = new Map([[hash, [...stored].sort((a, b) => a - b)]]);
          let { leaves } = aState();
          const countAt = Math.min(counted, sent.length);
          // Events up to the cut-off are in the event store and folded before the count.
          const ordered = [
            ...sent.filter(({ received }) => received <= cutoff),
            ...sent.filter(({ received }) => received > cutoff),
          ];
          const replaceAt = Math.max(countAt, stored.length);
          const liveFrom = replaceAt + finished;
          for (let index = 0; index <= ordered.length; index += 1) {
            const fill = toFill(hash, cutoff, index >= liveFrom);
            if (index === replaceAt) {
              const { [fill.pastKey]: _before, ...others } = leaves;
              leaves = { ...others, ...pastOf([fill], past) };
            }
            const each = ordered[index];
            if (!each) break;
            const event = { ...anEvent("productPageView", each.at), receivedAt: each.received };
            leaves = applyEvent(leaves, event, { index: set.leafIndex, fillOf: () => fill, isKept: () => true });
          }
          const rows = rowsOfLeaf(leaves, toFill(hash, cutoff, true)) ?? [];
          expect(rows).toEqual(sent.map(({ at }) => at).sort((a, b) => a - b));
        },
      ),
    );
  });

  it("forgets the rows of leaves that nobody uses any more", () => {
    const set = setOf(anAudience(1, "browsers", viewedOften(1, "1d")));
    const [leaf] = set.leaves.keys();
    const fill = fillOf(String(leaf));
    const leaves = { "old:0": [1, 2] };
    const context = { index: set.leafIndex, fillOf, isKept: (key: string) => key === fill.liveKey };
    expect(applyEvent(leaves, anEvent("productPageView", 7), context)).toEqual({ [fill.liveKey]: [7] });
  });
});

describe("the audience kind", () => {
  const kind = createAudienceKind(rules);
  const live = [
    anAudience(1, "a", { audience: { id: "b" } }),
    anAudience(2, "b", { not: { audience: { ids: ["c"] } } }),
  ];
  const context = {
    key: "c",
    scope: { storeViews: null },
    live: <B>() => live as unknown as readonly LiveDefinition<B>[],
  };

  it("finds references anywhere in the tree, and refuses cycles", async () => {
    const rule = { all: [{ audience: { id: "a" } }, { event: { name: "x", where: { all: [] } } }] };
    expect(audienceReferences(rule, "/rule")).toEqual([
      { kind: "audience", key: "a", path: "/rule/all/0/audience/id" },
    ]);
    expect(await kind.check?.({ rule }, context)).toMatchObject([
      { path: "/rule/all/0/audience/id", code: "rules.cycle" },
    ]);
    expect(await kind.check?.({ rule: { audience: { id: "b" } } }, { ...context, key: "z" })).toEqual([]);
  });

  it("reports the faults of the rule with pointers into the body", async () => {
    const rule = { attribute: { path: "profile.orders_count", op: "contains", value: "1" } };
    expect(await kind.check?.({ rule, timezone: "Nowhere/Else" }, context)).toMatchObject([
      { path: "/rule/attribute/op", code: "rules.operatorNotAllowed" },
    ]);
  });
});
