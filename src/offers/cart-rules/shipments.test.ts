import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aCartRule, aTree, evaluateLines, ofSku } from "../../testing/rules/a-cart-rule.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import type { CartShipment } from "./price-cart.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });
const aShipment = (id: string, lines: readonly string[], more: Partial<CartShipment> = {}): CartShipment => ({
  ...{ id, lines, pricing: "per_order", rate: 500n },
  ...more,
});
const bagAndMug = [
  { id: "bag", price: 3_000, qty: 2 },
  { id: "mug", price: 1_000 },
];
const home = aShipment("home", ["bag"]);
const work = aShipment("work", ["mug"], { rate: 250n });
const nothingOff = { type: "percent", percent: "0" } as const;

describe("a cart with several shipments", () => {
  it("is judged as one cart, and a whole-cart amount is split once over all of it", () => {
    const from7000 = { attribute: { path: "cart.subtotal", op: "gte", value: usd(7_000) } } as const;
    const result = evaluateLines({
      rules: [
        aCartRule({
          conditions: aTree(from7000),
          action: { type: "cart_fixed", amounts: [usd(775)], applyToShipping: true },
        }),
      ],
      lines: bagAndMug,
      cart: { shipments: [home, work] },
    });
    // Of 6,000 + 1,000 + 750 in all: a tenth of each.
    expect(result.units.map(({ discount }) => discount)).toEqual([600, 100]);
    expect(result.shipping).toMatchObject({ amount: 750, discount: 75, free: "none" });
    expect(result.shipments).toEqual([
      { id: "home", amount: 500, discount: 50, byRule: [["rule", 50]], free: "none" },
      { id: "work", amount: 250, discount: 25, byRule: [["rule", 25]], free: "none" },
    ]);
    expect(result.total).toBe(7_750 - 775);
  });

  it("rounds a percentage once and takes an amount once, not for each address", () => {
    const three = ["a", "b", "c"].map((id) => aShipment(id, [], { rate: 1n }));
    const off = (action: Parameters<typeof aCartRule>[0] & object) =>
      evaluateLines({ rules: [aCartRule(action)], lines: bagAndMug, cart: { shipments: three } });
    // Half of 3 is 2; half of each would be 3.
    const half = off({ action: { type: "percent", percent: "50", applyToShipping: true } });
    expect(half.shipping.discount).toBe(2);
    expect(half.shipments?.map(({ discount }) => discount)).toEqual([1, 0, 1]);
    const fixed = off({ action: { type: "fixed", amounts: [usd(2)], applyToShipping: true } });
    expect(fixed.shipping.discount).toBe(2);
  });

  it("ships free where a line is that the rule reaches, and nowhere else", () => {
    const result = evaluateLines({
      rules: [aCartRule({ targets: ofSku("mug"), freeShipping: "shipment", action: nothingOff })],
      lines: bagAndMug,
      cart: { shipments: [home, work] },
    });
    expect(result.shipments?.map(({ amount, free }) => [amount, free])).toEqual([
      [500, "none"],
      [0, "shipment"],
    ]);
    expect(result.shipping).toMatchObject({ beforeFree: 750, amount: 500, free: "items" });
  });

  it("counts free units in the shipment that holds them", () => {
    const perItem = { pricing: "per_item", rate: 100n } as const;
    const result = evaluateLines({
      rules: [aCartRule({ targets: ofSku("bag"), freeShipping: "items", action: { ...nothingOff, maxQty: 1 } })],
      lines: bagAndMug,
      cart: { shipments: [aShipment("home", ["bag"], perItem), aShipment("work", ["mug"], perItem)] },
    });
    expect(result.shipments?.map(({ amount, free }) => [amount, free])).toEqual([
      [100, "items"],
      [100, "none"],
    ]);
  });

  it("charges a line in none of them nothing, and takes the parts of a bundle with their line", () => {
    const bundle = {
      ...{ id: "set", productType: "bundle_dynamic", qty: 2 },
      children: [
        { id: "strap", price: 300 },
        { id: "case", price: 700, qty: 2 },
      ],
    };
    const perItem = aShipment("home", ["set"], { pricing: "per_item", rate: 100n });
    const result = evaluateLines({ rules: [], lines: [...bagAndMug, bundle], cart: { shipments: [perItem] } });
    // Two straps and four cases.
    expect(result.shipments).toEqual([{ id: "home", amount: 600, discount: 0, byRule: [], free: "none" }]);
  });

  it("keeps what a group compares to sums: the rule that takes most of all shipments wins", () => {
    const group = { key: "best", priority: 0, mode: "highest", per: "cart" } as const;
    const result = evaluateLines({
      rules: [
        aCartRule({ key: "free", group, targets: ofSku("mug"), freeShipping: "shipment", action: nothingOff }),
        aCartRule({ key: "off", group, action: { type: "fixed", amounts: [usd(0)], applyToShipping: true } }),
        aCartRule({
          ...{ key: "most", group, targets: ofSku("mug") },
          action: { type: "percent", percent: "26", applyToShipping: true },
        }),
      ],
      lines: bagAndMug,
      cart: { shipments: [home, work] },
    });
    // The free shipment saves 250; 26 % of the mug and of 750 are 260 + 195.
    expect(result.shipping).toMatchObject({ amount: 750, discount: 195, free: "none" });
    expect(result.shipments?.map(({ discount }) => discount)).toEqual([130, 65]);
  });
});

describe("conditions on where a cart goes", () => {
  const to = (country: string, more: Partial<CartShipment> = {}) => ({ country, ...more });
  const holds = (node: Parameters<typeof aTree>[0], ...places: readonly Partial<CartShipment>[]) => {
    const shipments = places.map((place, at) => aShipment(`s${at}`, [], place));
    const { verdicts } = evaluateLines({
      rules: [aCartRule({ conditions: aTree(node) })],
      lines: bagAndMug,
      cart: { shipments, billing: { country: "US" } },
    });
    return verdicts[0]?.outcome === "applied";
  };
  const country = (op: "eq" | "neq" | "in" | "not_in" | "exists", value?: string | string[]) =>
    ({ attribute: { path: "cart.country", op, ...(value === undefined ? {} : { value }) } }) as const;

  it("hold for one of several addresses, and their negatives for none of them", () => {
    expect(holds(country("eq", "DE"), to("FR"), to("DE"))).toBe(true);
    expect(holds(country("neq", "DE"), to("FR"), to("DE"))).toBe(false);
    expect(holds(country("neq", "DE"), to("FR"), to("AT"))).toBe(true);
    expect(holds(country("in", ["DE", "CH"]), to("FR"), to("CH"))).toBe(true);
    expect(holds(country("not_in", ["DE", "CH"]), to("FR"), to("CH"))).toBe(false);
    expect(holds({ all: [country("eq", "FR"), country("eq", "DE")] }, to("FR"), to("DE"))).toBe(true);
  });

  it("look at the billing address only where no shipment says its country", () => {
    expect(holds(country("eq", "US"), {}, {})).toBe(true);
    expect(holds(country("eq", "US"), {}, to("FR"))).toBe(false);
    expect(holds(country("neq", "FR"), {}, to("FR"))).toBe(false);
  });
});

describe("shipments of a call", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
    const path = "/v1/definitions/cart-price-rule";
    const rule = {
      ...{ key: "by-air", name: "By air" },
      body: {
        priority: 1,
        conditions: {
          all: [
            { attribute: { path: "cart.shipping_method", op: "eq", value: "air" } },
            { attribute: { path: "cart.region_id", op: "eq", value: "57" } },
            { attribute: { path: "cart.postcode", op: "starts_with", value: "10" } },
            { attribute: { path: "cart.region", op: "neq", value: "Bavaria" } },
          ],
        },
        action: { type: "percent", percent: "10", applyToShipping: true },
      },
    };
    expect((await app.call("POST", path, rule)).status).toBe(201);
    expect((await app.call("POST", `${path}/by-air/publish`, {})).status).toBe(200);
  }, 120_000);
  afterAll(async () => app?.close());

  const lines = [
    { id: "a", sku: "bag", qty: 1, unitPrice: usd(1_000) },
    { sku: "mug", qty: 1, unitPrice: usd(500) },
    { id: "set", sku: "set", unitPrice: usd(0), children: [{ id: "part", sku: "strap" }] },
  ];
  const evaluate = (cart: object) =>
    app.call("POST", "/v1/offers/evaluate", { cart: { currency: "USD", lines, ...cart } });
  const rate = usd(400);
  const faultsOf = async (cart: object) => {
    const { status, body } = await evaluate(cart);
    const { error } = body as { error: { code: string; details: { path: string; code: string }[] } };
    return [status, error.code, error.details.map(({ path, code }) => `${path} ${code}`)];
  };

  it("come back with what each costs, beside their sums", async () => {
    const { status, body } = await evaluate({
      shipments: [
        { id: "one", lines: ["a"], rate, method: "air", region: "Hesse", postcode: "60311" },
        { id: "two", lines: ["2", "set"], rate: usd(150), pricing: "per_item", regionId: "57", postcode: "10115" },
      ],
    });
    expect([status, body]).toEqual([200, expect.objectContaining({ applied: ["by-air"] })]);
    expect(body).toMatchObject({
      shipping: { amount: usd(700), discount: usd(70), byRule: { "by-air": usd(70) }, free: "none" },
      shipments: [
        { id: "one", amount: usd(400), discount: usd(40), byRule: { "by-air": usd(40) }, free: "none" },
        { id: "two", amount: usd(300), discount: usd(30), byRule: { "by-air": usd(30) }, free: "none" },
      ],
      totals: { shipping: usd(700), shippingDiscount: usd(70), total: usd(1_980) },
    });
  });

  it("are not in the answer to a cart with one address", async () => {
    const { body } = await evaluate({ shipping: { rate } });
    expect(body).not.toHaveProperty("shipments");
    expect(body).toMatchObject({ shipping: { amount: rate } });
  });

  it("are refused with all their faults", async () => {
    const one = { id: "one", lines: ["a"], rate };
    expect(await faultsOf({ shipping: { rate }, shipments: [one] })).toEqual([
      ...[422, "offers.badCart"],
      ["/cart/shipments both"],
    ]);
    const two = { id: "one", lines: ["a", "nobody", "part"], rate: { minor: 400, currency: "EUR" } };
    expect(await faultsOf({ shipments: [one, two] })).toEqual([
      ...[422, "offers.badCart"],
      [
        "/cart/shipments/1/id duplicate",
        "/cart/shipments/1/lines/0 duplicate",
        "/cart/shipments/1/lines/1 unknownLine",
        "/cart/shipments/1/lines/2 part",
        "/cart/shipments/1/rate/currency currency",
      ],
    ]);
    for (const shipments of [
      [],
      [{ ...one, lines: [] }],
      Array.from({ length: 51 }, (_, at) => ({ ...one, id: `${at}` })),
    ])
      expect((await evaluate({ shipments })).status).toBe(400);
  });
});
