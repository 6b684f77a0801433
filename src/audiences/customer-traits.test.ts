import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue } from "../kernel/index.ts";
import { dayMs, noon } from "../testing/audiences/builders.ts";
import { aShopper, type Deed, holdsFor } from "../testing/audiences/shoppers.ts";
import { addressesOf } from "./address-book.ts";
import { traitsOf } from "./traits.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });

function told(traits: JsonObject, ...more: readonly Deed[]) {
  const record: Deed = { type: "profileRecord", at: noon - dayMs, properties: { traits }, sourceKind: "server" };
  return aShopper({ deeds: [record, ...more], customer: true });
}

function traitsOfRecord(traits: JsonObject, ...more: readonly Deed[]) {
  const { state, identifiers } = told(traits, ...more);
  return traitsOf(state, noon, { currency: "USD", identifiers });
}

describe("traits of a customer", () => {
  it.each<[string, JsonObject, JsonObject]>([
    ["a profile record", { birthDate: "1980-05-01", startDate: "2025-01-01T10:00:00Z" }, { birth_date: "1980-05-01" }],
    [
      "Segment traits",
      { birthday: "1980-05-01T00:00:00.000Z", createdAt: 1_700_000_000 },
      { birth_date: "1980-05-01" },
    ],
    ["a date in parts", { birthYear: 1980, birthDayAndMonth: "05-01" }, { birth_date: "1980-05-01" }],
    ["a group by code", { customerGroup: "wholesale" }, { group: "wholesale" }],
    ["a group as an object", { group: { id: 2, code: "wholesale" } }, { group: "wholesale" }],
    ["a group by number", { groupId: 2 }, { group: "2" }],
    ["a gender by number", { gender: 2 }, { gender: "female" }],
    ["a gender in words", { gender: "non_specific" }, { gender: "non_specific" }],
    ["a subscription as yes or no", { isSubscribed: true }, { newsletter: "subscribed" }],
    ["a subscription by number", { newsletterStatus: 3 }, { newsletter: "unsubscribed" }],
    ["a subscription in words", { newsletter: "Unconfirmed" }, { newsletter: "unconfirmed" }],
    ["credit as a decimal", { storeCredit: "12.50" }, { store_credit: usd(1250) }],
    [
      "credit in minor units",
      { storeCredit: { minor: 5, currency: "EUR" } },
      { store_credit: { minor: 5, currency: "EUR" } },
    ],
    [
      "points of a programme",
      { loyalty: { tier: "gold", points: "120", joinDate: "2020-01-01" } },
      {
        reward_points: 120,
        loyalty: { tier: "gold", points: 120, join_date: "2020-01-01" },
      },
    ],
    ["a tier by itself", { loyaltyTier: "silver" }, { loyalty: { tier: "silver" }, loyalty_tier: "silver" }],
    ["an upgrade", { upgradeEligibility: "Eligible" }, { upgrade_eligible: true }],
    ["names in another spelling", { firstname: "Ann", lastname: "Lee" }, { first_name: "Ann", last_name: "Lee" }],
  ])("are read from %s", (_what, written, expected) => {
    expect(traitsOfRecord(written)).toMatchObject(expected);
  });

  it("know customers since the start of the account, in seconds too", () => {
    expect(traitsOfRecord({ startDate: "2025-01-01T10:00:00Z" })["created_at"]).toBe("2025-01-01T10:00:00Z");
    expect(traitsOfRecord({ createdAt: 1_700_000_000 })["created_at"]).toBe(1_700_000_000_000);
  });

  it("have no value where nothing was written", () => {
    const traits = traitsOfRecord({});
    for (const key of [
      "group",
      "newsletter",
      "store_credit",
      "reward_points",
      "loyalty",
      "upgrade_eligible",
      "created_at",
    ])
      expect(traits, key).not.toHaveProperty(key);
    expect(traits).toMatchObject({ has_default_billing: false, has_default_shipping: false });
  });

  it("follow the later of the shop's record and the person's own word about the newsletter", () => {
    const { state } = told({ newsletter: true });
    const later = {
      ...state,
      consents: { "marketing:email": { status: "denied", at: noon, source: "form" } },
    } as const;
    const earlier = { ...state, consents: { "marketing:email": { status: "denied", at: 0, source: "form" } } } as const;
    expect(traitsOf(later, noon, { currency: "USD" })["newsletter"]).toBe("unsubscribed");
    expect(traitsOf(earlier, noon, { currency: "USD" })["newsletter"]).toBe("subscribed");
  });

  it("count days since the last sign-in and the first order, whichever event came first", () => {
    const signIn = (daysAgo: number): Deed => ({ type: "signIn", at: noon - daysAgo * dayMs });
    expect(traitsOfRecord({}, signIn(3), signIn(9))).toMatchObject({
      last_login_at: noon - 3 * dayMs,
      days_since_last_login: 3,
    });
    expect(traitsOfRecord({ lastLoginAt: "2026-03-09T12:00:00Z" }, signIn(3))["days_since_last_login"]).toBe(1);
    expect(traitsOfRecord({})).not.toHaveProperty("days_since_last_login");
  });

  it("survive whatever a shop writes", () => {
    const names = ["group", "newsletter", "storeCredit", "loyalty", "birthDate", "addresses", "address", "gender"];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 3 })), (written) => {
        const { state, identifiers } = told(written as Record<string, JsonValue>);
        const traits = traitsOf(state, noon, { currency: "USD", identifiers });
        expect(typeof traits["has_default_billing"]).toBe("boolean");
        for (const address of addressesOf(state)) expect(typeof address["default_billing"]).toBe("boolean");
      }),
    );
  });
});

describe("the address book", () => {
  const berlin = { street1: "Allee 1", city: "Berlin", postalCode: "10115", country: "DE" };

  it("speaks one language, whichever way addresses were written", () => {
    const { state } = told({
      addresses: [
        {
          street: ["Road 7", "Flat 2"],
          city: "Austin",
          region: { region: "Texas", region_code: "TX" },
          country_id: "US",
          telephone: "5",
          default_billing: true,
        },
        { ...berlin, state: "BE", isDefaultShipping: true, label: "home" },
      ],
    });
    expect(addressesOf(state)).toEqual([
      {
        street: "Road 7, Flat 2",
        city: "Austin",
        region: "Texas",
        region_code: "TX",
        country: "US",
        phone: "5",
        default_billing: true,
        default_shipping: false,
      },
      {
        street: "Allee 1",
        city: "Berlin",
        region: "BE",
        postcode: "10115",
        country: "DE",
        label: "home",
        default_billing: false,
        default_shipping: true,
      },
    ]);
  });

  it("holds an address once that is written as billing and as shipping address", () => {
    const { state } = told({ billingAddress: berlin, shippingAddress: { ...berlin, city: "BERLIN" }, address: berlin });
    expect(addressesOf(state)).toMatchObject([{ city: "Berlin", default_billing: true, default_shipping: true }]);
  });

  it("is what conditions on addresses see, of customers only", () => {
    const rule = {
      items: {
        of: "addresses",
        match: "some",
        where: {
          all: [
            { attribute: { path: "item.default_billing", op: "is_true" } },
            { attribute: { path: "item.country", op: "eq", value: "de" } },
          ],
        },
      },
    };
    const customer = told({ billingAddress: berlin });
    expect(holdsFor(rule, customer)).toBe(true);
    expect(holdsFor(rule, { ...customer, identifiers: [] })).toBe(false);
    expect(holdsFor(rule, told({ shippingAddress: berlin }))).toBe(false);
  });
});

describe("the cart", () => {
  const line = { sku: "tent", qty: 2, lineTotal: usd(4000) };
  const cartView = (more: JsonObject): Deed => ({
    type: "shoppingCartView",
    at: noon - 1000,
    properties: { cartId: "c", items: [line], ...more },
  });
  const compare = (field: string, op: string, minor: number) => ({
    attribute: { path: `cart.${field}`, op, value: usd(minor) },
  });

  it("has the totals that the shop told, until a line changes", () => {
    const totals = {
      grandTotal: usd(4500),
      tax: usd(300),
      shipping: usd(200),
      giftCard: usd(50),
      storeCredit: usd(10),
    };
    const viewed = aShopper({ deeds: [cartView(totals)] });
    for (const [field, { minor }] of Object.entries({
      grand_total: usd(4500),
      tax: usd(300),
      shipping: usd(200),
      gift_card: usd(50),
      store_credit: usd(10),
      subtotal: usd(4000),
    }))
      expect([field, holdsFor(compare(field, "eq", minor), viewed)]).toEqual([field, true]);
    const add: Deed = { type: "addToCart", at: noon, properties: { cartId: "c", items: [line] } };
    const added = aShopper({ deeds: [cartView(totals), add] });
    expect(holdsFor(compare("grand_total", "eq", 8000), added)).toBe(true);
    expect(holdsFor({ attribute: { path: "cart.tax", op: "exists" } }, added)).toBe(false);
  });

  it("and the last sign-in come out the same in any order of arrival", () => {
    const at = (hours: number) => noon - hours * 3_600_000;
    const deeds: readonly Deed[] = [
      { ...cartView({ tax: usd(1) }), at: at(5) },
      { type: "addToCart", at: at(4), properties: { cartId: "c", items: [line] } },
      { ...cartView({ tax: usd(2), paymentMethod: "check" }), at: at(3) },
      { type: "signIn", at: at(3) },
      { type: "removeFromCart", at: at(2), properties: { cartId: "c", items: [{ sku: "tent", qty: 1 }] } },
      { ...cartView({ grandTotal: usd(3) }), at: at(1) },
      { type: "signIn", at: at(6) },
    ];
    const kept = ({ state }: ReturnType<typeof aShopper>) => ({ cart: state.cart, signedInAt: state.signedInAt });
    // Message ids, which break ties, follow the order in which deeds are made; no two of these touch the cart at one instant.
    const expected = kept(aShopper({ deeds }));
    expect(expected).toMatchObject({ cart: { totals: { grandTotal: usd(3) } }, signedInAt: at(3) });
    fc.assert(
      fc.property(fc.shuffledSubarray([...deeds], { minLength: deeds.length }), (shuffled) => {
        expect(kept(aShopper({ deeds: shuffled }))).toEqual(expected);
      }),
    );
  });

  it("is an empty one for who has none", () => {
    const nobody = aShopper({});
    for (const field of ["subtotal", "grand_total", "tax", "shipping", "store_credit", "gift_card"])
      expect(holdsFor(compare(field, "lte", 0), nobody), field).toBe(true);
  });

  it("knows the product behind a variant", () => {
    const variant = { sku: "tent-red", parentSku: "tent", qty: 1, lineTotal: usd(1) };
    const shopper = aShopper({ deeds: [cartView({ items: [variant] })] });
    const where = { attribute: { path: "product.brand", op: "eq", value: "Acme" } };
    expect(holdsFor({ items: { of: "cart", match: "some", where } }, shopper)).toBe(true);
  });
});
