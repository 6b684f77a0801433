import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CanonicalEvent } from "../collect/index.ts";
import { anEvent } from "../testing/builders.ts";
import {
  allows,
  type Consents,
  consentStatus,
  decisionsOf,
  defaultGrantMs,
  foldConsents,
  mergeConsents,
  refusesPersonalisation,
  signalSource,
  storageVerdict,
  withoutPerson,
} from "./consent.ts";

const at = 1_760_000_000_000;
const fold = (events: readonly CanonicalEvent[], from: Consents = {}): Consents => events.reduce(foldConsents, from);
const said = (preferences: object, time = at, more: object = {}) =>
  anEvent({ at: time, context: { consent: { categoryPreferences: preferences, ...more } } as never });

describe("reading consent", () => {
  it("takes categories and channels from any event, and from consentUpdated's own properties", () => {
    const event = said({ Analytics: true, personalization: "denied", marketing: { email: true, sms: false } }, at, {
      channels: { push: true },
      textVersion: "2026-01",
      proof: "form 7",
    });
    expect(decisionsOf(event).map(({ category, channel, consent }) => [category, channel, consent.status])).toEqual([
      ["analytics", undefined, "granted"],
      ["personalisation", undefined, "denied"],
      ["marketing", "email", "granted"],
      ["marketing", "sms", "denied"],
      ["marketing", "push", "granted"],
    ]);
    expect(decisionsOf(event)[0]?.consent).toMatchObject({ textVersion: "2026-01", proof: "form 7", source: "shop" });
    const updated = anEvent({ type: "consentUpdated", properties: { categoryPreferences: { advertising: false } } });
    expect(fold([updated])["advertising"]?.status).toBe("denied");
  });

  it.each([
    ["no object", "yes"],
    ["unknown words", { categoryPreferences: { analytics: "maybe", marketing: 1, advertising: null } }],
    ["foreign names", { categoryPreferences: JSON.parse('{"__proto__": false, "constructor": false, "a b": true}') }],
    ["arrays", { categoryPreferences: [true, false] }],
  ])("ignores %s", (_what, consent) => {
    const consents = fold([anEvent({ context: { consent } as never })]);
    expect(Object.keys(consents).filter((key) => key !== "constructor")).toEqual([]);
    expect(Object.getPrototypeOf(consents)).toBe(Object.prototype);
  });

  it("does not believe a decision of the future", () => {
    expect(fold([said({ analytics: true }, at, { at: at + 1e9 })])["analytics"]?.at).toBe(at);
    expect(fold([said({ analytics: true }, at, { at: at - 1e6 })])["analytics"]?.at).toBe(at - 1e6);
  });
});

describe("precedence", () => {
  it("keeps the newest decision, and the more restrictive one of the same instant", () => {
    expect(fold([said({ analytics: true }, 2), said({ analytics: false }, 1)])["analytics"]?.status).toBe("granted");
    expect(fold([said({ analytics: true }, 2), said({ analytics: false }, 2)])["analytics"]?.status).toBe("denied");
    expect(fold([said({ analytics: false }, 2), said({ analytics: true }, 2)])["analytics"]?.status).toBe("denied");
  });

  it("lets a browser's opt-out deny advertising until a later grant, which later pages do not undo", () => {
    const page = (time: number) => anEvent({ at: time, context: { optsOut: true } });
    const status = (events: readonly CanonicalEvent[]) => fold(events)["advertising"]?.status;
    expect(status([said({ advertising: true }, 1), page(2)])).toBe("denied");
    expect(status([page(2), said({ advertising: true }, 3)])).toBe("granted");
    expect(status([page(2), said({ advertising: true }, 3), page(4), page(5)])).toBe("granted");
    expect(status([page(2), said({ advertising: true }, 3), said({ advertising: false }, 4)])).toBe("denied");
    expect(fold([page(2)])["advertising"]).toMatchObject({ source: signalSource, at: 2 });
    expect(fold([page(2)])["analytics"]).toBeUndefined();
  });

  const decision = fc.record({
    at: fc.integer({ min: 1, max: 6 }),
    kind: fc.constantFrom("analytics", "advertising", "marketing.email", "signal"),
    granted: fc.boolean(),
    source: fc.constantFrom("a", "b"),
    textVersion: fc.option(fc.constantFrom("1", "2"), { nil: undefined }),
  });
  const toEvent = (given: {
    at: number;
    kind: string;
    granted: boolean;
    source: string;
    textVersion?: string | undefined;
  }) => {
    if (given.kind === "signal") return anEvent({ at: given.at, context: { optsOut: true } });
    const [category = "", channel] = given.kind.split(".");
    const value = channel === undefined ? given.granted : { [channel]: given.granted };
    return said({ [category]: value }, given.at, { source: given.source, textVersion: given.textVersion });
  };

  it("comes to the same result in every order, with repeats, and split over two profiles that merge", () => {
    fc.assert(
      fc.property(
        fc
          .array(decision, { maxLength: 12 })
          .chain((given) =>
            fc.tuple(
              fc.constant(given),
              fc.shuffledSubarray([...given, ...given], { minLength: given.length * 2, maxLength: given.length * 2 }),
              fc.integer({ min: 0, max: given.length }),
            ),
          ),
        ([given, shuffled, cut]) => {
          const events = given.map(toEvent);
          const once = fold(events);
          expect(fold(shuffled.map(toEvent))).toEqual(once);
          const left = fold(events.slice(0, cut));
          const right = fold(events.slice(cut));
          expect(mergeConsents(left, right)).toEqual(once);
          expect(mergeConsents(right, left)).toEqual(once);
          expect(mergeConsents(once, once)).toEqual(once);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("agrees with a plain reading of the rules", () => {
    fc.assert(
      fc.property(fc.array(decision, { maxLength: 12 }), (given) => {
        const state = { consents: fold(given.map(toEvent)) };
        const explicit = given.filter(({ kind }) => kind === "advertising");
        const newest = Math.max(0, ...explicit.map((each) => each.at));
        const denies = explicit.some((each) => each.at === newest && !each.granted);
        const signals = given.filter(({ kind }) => kind === "signal").map((each) => each.at);
        const first = Math.min(...signals);
        const expected =
          explicit.length === 0
            ? signals.length > 0
              ? "denied"
              : "unset"
            : denies || (newest <= first === signals.length > 0 && signals.length > 0)
              ? "denied"
              : "granted";
        expect(consentStatus(state, "advertising")).toBe(expected);
      }),
      { numRuns: 400 },
    );
  });
});

describe("what consent allows", () => {
  const state = (...events: readonly CanonicalEvent[]) => ({ consents: fold(events) });

  it("needs a grant for marketing and advertising, and no denial for the rest", () => {
    const nothing = state();
    expect(["necessary", "analytics", "personalisation"].map((category) => allows(nothing, category))).toEqual([
      true,
      true,
      true,
    ]);
    expect(["marketing", "advertising"].map((category) => allows(nothing, category))).toEqual([false, false]);
    expect(allows(state(said({ necessary: false })), "necessary")).toBe(true);
    expect(allows(state(said({ marketing: true })), "marketing", "email")).toBe(true);
    expect(refusesPersonalisation(state(said({ personalisation: false })))).toBe(true);
  });

  it("judges a channel by the newer of its own and its category's decision", () => {
    const email = (granted: boolean, time: number) => said({ marketing: { email: granted } }, time);
    expect(allows(state(said({ marketing: true }, 1), email(false, 2)), "marketing", "email")).toBe(false);
    expect(allows(state(said({ marketing: true }, 1), email(false, 2)), "marketing", "sms")).toBe(true);
    expect(allows(state(email(true, 1), said({ marketing: false }, 2)), "marketing", "email")).toBe(false);
    expect(allows(state(said({ marketing: false }, 1), email(true, 2)), "marketing", "email")).toBe(true);
  });

  it("lets a grant end after 24 months or at its own end, and a refusal never", () => {
    const granted = state(said({ marketing: true }));
    expect(allows(granted, "marketing", undefined, at + defaultGrantMs - 1)).toBe(true);
    expect(allows(granted, "marketing", undefined, at + defaultGrantMs)).toBe(false);
    const short = state(said({ marketing: true }, at, { expiresAt: new Date(at + 1000).toISOString() }));
    expect(consentStatus(short, "marketing", undefined, at + 1000)).toBe("unset");
    expect(consentStatus(state(said({ analytics: false })), "analytics", undefined, at + 1e13)).toBe("denied");
  });

  it("stores only the facts of the trade, without the person, when analytics was denied", () => {
    const denied = state(said({ analytics: false }));
    expect(storageVerdict(denied, anEvent({ type: "pageView" }))).toBe("drop");
    expect(storageVerdict(denied, anEvent({ type: "consentUpdated" }))).toBe("keep");
    const order = anEvent({
      type: "orderPlaced",
      customerId: "c-1",
      properties: {
        orderId: "o-1",
        orderTotal: { minor: 100, currency: "EUR" },
        items: [{ sku: "S", qty: 1, engraving: "for Ada" }],
        email: "ada@example.com",
        giftMessage: "dear Ada",
        traits: { firstName: "Ada" },
        payments: [{ amount: { minor: 100, currency: "EUR" }, type: "card", transactionId: "t-1" }],
      },
      context: { ip: "10.0.0.0" },
    });
    expect(storageVerdict(denied, order)).toBe("strip");
    expect(withoutPerson(order)).toMatchObject({
      identifiers: [],
      context: {},
      flags: ["no_consent"],
      properties: {
        orderId: "o-1",
        orderTotal: { minor: 100, currency: "EUR" },
        items: [{ sku: "S", qty: 1 }],
        payments: [{ type: "card" }],
      },
    });
    expect(JSON.stringify(withoutPerson(order))).not.toMatch(/ada/i);
  });
});
