import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CompiledRule } from "../kernel/rules/index.ts";
import type { Order, ProfileState } from "../profiles/index.ts";
import { aState, dayMs, noon } from "../testing/audiences/builders.ts";
import { shopCatalog, shopRules } from "../testing/audiences/shoppers.ts";
import { expectNoChangeBetween } from "../testing/rules/next-changes.ts";
import { subjectOf } from "./shop-subject.ts";

const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const halfHourMs = 1_800_000;
/** Three days over the night in which Berlin puts its clocks forward. */
const start = Date.parse("2026-03-28T00:00:00Z");
const horizonMs = 3 * dayMs;

/** So long ago that the end of `days` falls into the walk, or somewhere else. */
const ago = (days: number): fc.Arbitrary<number> =>
  fc
    .tuple(fc.integer({ min: -20, max: 160 }), pick([-1, 0, 1]), pick([0, 0, 0, days * dayMs]))
    .map(([slots, more, back]) => start - back + slots * halfHourMs + more);
const ascending = (days: number, maxLength: number): fc.Arbitrary<readonly number[]> =>
  fc.array(ago(days), { maxLength }).map((times) => [...times].sort((a, b) => a - b));

const consent = fc
  .record({ status: pick(["granted", "denied"] as const), at: ago(730), endsAt: fc.option(ago(0), { nil: undefined }) })
  .map(({ status, at, endsAt }) => ({ status, at, source: "form", ...(endsAt ? { expiresAt: endsAt } : {}) }));
const order = fc
  .record({
    placedAt: ago(1),
    confirmedBy: pick(["storefront", "back_office"] as const),
    status: pick(["placed", "cancelled"] as const),
  })
  .map(
    ({ placedAt, ...more }): Order => ({
      ...more,
      orderId: `o-${placedAt}`,
      placedAt,
      total: { minor: 100, currency: "USD" },
      refunded: { minor: 0, currency: "USD" },
      items: [],
    }),
  );

const state: fc.Arbitrary<ProfileState> = fc
  .record({
    consents: fc
      .record({ marketing: consent, "marketing:email": consent, analytics: consent }, { requiredKeys: [] })
      .map((consents) => consents as ProfileState["consents"]),
    orders: fc.array(order, { maxLength: 3 }),
    starts: ascending(30, 4),
    email: fc.array(fc.tuple(ago(30), pick([0, 1, 2, 3]), fc.integer({ min: 1, max: 3 })), { maxLength: 5 }),
    storeVisits: ascending(90, 3),
    hours: fc.array(fc.nat(3), { minLength: 24, maxLength: 24 }),
    signedInAt: fc.option(ago(2), { nil: undefined }),
    zone: pick([undefined, "Europe/Berlin", "Australia/Lord_Howe"]),
    newsletter: fc.option(ago(800), { nil: undefined }),
  })
  .map(({ starts, email, storeVisits, hours, signedInAt, zone, newsletter, orders, consents }) => {
    const last = starts.at(-1);
    return aState({
      consents,
      orders,
      session: last === undefined ? null : { startedAt: last, lastAt: last + 60_000 },
      sessions: starts.slice(0, -1).flatMap((at) => [at, at + 60_000]),
      sessionCount: starts.length,
      engagement: { email: email.sort((a, b) => a[0] - b[0]).flat(), hours, channels: {}, storeVisits },
      ...(signedInAt === undefined ? {} : { signedInAt }),
      attributes: {
        ...(zone ? { timezone: { value: zone, at: 0, sourceId: "s" } } : {}),
        ...(newsletter === undefined ? {} : { newsletter: { value: "unsubscribed", at: newsletter, sourceId: "s" } }),
      },
    });
  });

const comparison = pick(["eq", "neq", "gt", "gte", "lt", "lte"]);
const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc
    .record({
      path: pick([
        ...[
          "days_since_last_login",
          "days_since_last_order",
          "days_since_first_order",
          "sessions_30d",
          "store_visits_90d",
        ],
        ...["email_engagement_30d", "unconfirmed_orders", "best_send_hour"],
      ]),
      op: comparison,
      value: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 23 }), pick([0.5, 1])),
    })
    .map(({ path, ...more }) => ({ attribute: { path: `profile.${path}`, ...more } })),
  fc
    .record({
      path: pick(["last_order_at", "first_order_at", "last_login_at"]),
      op: pick(["within_last", "before_last"]),
    })
    .map(({ path, op }) => ({ attribute: { path: `profile.${path}`, op, value: "25h" } })),
  pick(["granted", "denied", "unset"]).chain((status) =>
    pick<unknown>([
      { consent: { category: "marketing", status } },
      { consent: { category: "marketing", channel: "email", status } },
      { consent: { category: "analytics", status } },
      { attribute: { path: "profile.consents.marketing", op: "eq", value: status } },
    ]),
  ),
  pick(["subscribed", "unsubscribed"]).map((value) => ({ attribute: { path: "profile.newsletter", op: "eq", value } })),
  fc.record({ match: pick(["some", "none", "every"]), op: pick(["is_true", "is_false"]) }).map(({ match, op }) => ({
    items: { of: "orders", match, where: { attribute: { path: "item.unconfirmed", op } } },
  })),
);

describe("the next change of a membership", () => {
  it("is never too late for traits, consents and orders that change with the time, whatever day is put forward", () => {
    const runs = process.env["CLIENTELE_TEST_LONG"] ? 4_000 : 250;
    let changes = 0;
    fc.assert(
      fc.property(leaf, state, (drawn, known) => {
        const rule: CompiledRule = shopRules.compile(drawn, { use: "audience" });
        expect(rule.broken).toBe(false);
        const identifiers = [{ namespace: "user_id", value: "1", validFrom: 0, validTo: null, verified: true }];
        changes += expectNoChangeBetween(
          rule,
          (nowMs) =>
            subjectOf(
              { profileId: "p", state: known, identifiers, createdAt: noon },
              {
                nowMs,
                currency: "USD",
                catalog: shopCatalog,
                timezone: "Europe/Berlin",
                audienceId: () => undefined,
              },
            ),
          { from: start, to: start + horizonMs, stepMs: halfHourMs },
        );
      }),
      { numRuns: runs },
    );
    expect(changes).toBeGreaterThan(runs / 10);
  }, 300_000);
});
