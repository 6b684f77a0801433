import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inData } from "../../testing/folders.ts";
import { drawShoppers } from "../../testing/models/shoppers.ts";
import { type CustomerOrder, customerValueModel } from "./index.ts";

const { train, score } = customerValueModel;
const dayMs = 86_400_000;

function readRows(file: string): readonly Readonly<Record<string, string>>[] | null {
  const path = inData(file);
  return existsSync(path) ? parse(gunzipSync(readFileSync(path)), { columns: true }) : null;
}

const cdnow: readonly CustomerOrder[] | undefined = readRows("cdnow/sample_tenth.csv.gz")?.map((row) => ({
  customerId: row["customer_id"]!,
  at: Date.parse(row["date"]!),
  minor: Math.round(Number(row["value_usd"]) * 100),
}));

/** Invoices of known customers; cancellations are invoices of their own and left out. */
function onlineRetail(): readonly CustomerOrder[] | undefined {
  const invoices = new Map<string, CustomerOrder>();
  const rows = readRows("online_retail/orders_2010-12_2011-08.csv.gz");
  for (const row of rows ?? []) {
    const [id, customerId] = [row["invoice_no"]!, row["customer_id"]!];
    if (customerId === "" || id.startsWith("C")) continue;
    const at = Date.parse(`${row["invoice_date"]!.replace(" ", "T")}Z`);
    const line = Math.round(Number(row["quantity"]) * Number(row["unit_price_gbp"]) * 100);
    invoices.set(id, { customerId, at, minor: (invoices.get(id)?.minor ?? 0) + line });
  }
  return rows ? [...invoices.values()] : undefined;
}

const absent = "no such folder in CLIENTELE_DATA (default ../shared/data)";

describe.skipIf(!cdnow)(`CDNOW${cdnow ? "" : `: ${absent}`}`, () => {
  const untilSeptember = { asOf: Date.UTC(1997, 8, 30), currency: "USD" };

  it("has the published parameters of both models, from raw orders", () => {
    const bgnbd = train(cdnow!, untilSeptember).report;
    expect(bgnbd.customers).toBe(2_357);
    expect(bgnbd.repeatCustomers).toBe(946);
    const parameters = bgnbd.purchase!.parameters as Readonly<Record<string, number>>;
    for (const [name, published] of Object.entries({ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 }))
      expect(parameters[name]).toBeCloseTo(published, 3);
    const pareto = train(cdnow!, { ...untilSeptember, model: "paretonbd" }).report.purchase!.parameters;
    expect(pareto).toMatchObject({ r: expect.closeTo(0.553, 3), s: expect.closeTo(0.606, 3) });
    expect(pareto).toMatchObject({ alpha: expect.closeTo(10.578, 2), beta: expect.closeTo(11.669, 2) });
  });

  it("is foretold well enough to be published", () => {
    const { report, gate, params } = train(cdnow!, { asOf: Date.UTC(1998, 5, 30), currency: "USD" });
    const holdout = report.holdout!;
    expect(gate).toEqual({ passed: true, reasons: [] });
    expect(params.basis).toBe("bgnbd");
    expect(holdout.totalError).toBeLessThan(0.05);
    expect(holdout.revenueError).toBeLessThan(0.05);
    expect(holdout.meanAbsoluteError).toBeLessThan(holdout.baselineMeanAbsoluteError);
    expect(holdout.calibration.reduce((sum, row) => sum + row.customers, 0)).toBe(holdout.customers);
    expect(holdout.calibration.reduce((sum, row) => sum + row.customers * row.actual, 0)).toBeCloseTo(
      holdout.actualPurchases,
    );
  });
});

const retail = onlineRetail();

describe.skipIf(!retail)(`online retail${retail ? "" : `: ${absent}`}`, () => {
  it("is foretold within the gate by either model, which says itself what it does worse than going on as before", () => {
    for (const model of ["bgnbd", "paretonbd"] as const) {
      const { report, gate, params } = train(retail!, { asOf: Date.UTC(2011, 7, 31), currency: "GBP", model });
      expect(gate.passed).toBe(true);
      expect(report.holdout!.totalError).toBeLessThan(0.15);
      const { model: own, continues, cohort } = report.holdout!.perCustomer;
      expect(own.rootMeanSquareError).toBeLessThan(0.87 * continues.rootMeanSquareError);
      expect(own.rootMeanSquareError).toBeLessThan(0.87 * cohort!.rootMeanSquareError);
      expect(report.warnings.map(({ code }) => code)).toEqual(
        expect.arrayContaining(["nobodyLost", "absoluteError", "order"]),
      );
      // Who is lost is left to the days since the last order.
      const [first] = retail!;
      const said = score(params, ordersOf(retail!, first!.customerId), Date.UTC(2011, 7, 31))!;
      expect(said).toMatchObject({ basis: model, p_alive: null });
      expect(said.churn_probability).toBeGreaterThan(0);
    }
  });
});

/** Regular customers of a shop: each orders every so many days, some have stopped. */
function aShop(customers: number, endDay: number): CustomerOrder[] {
  return Array.from({ length: customers }, (_, index) => {
    const [gap, first] = [10 + ((index * 7) % 40), endDay - 300 - (index % 60)];
    const stop = index % 3 === 0 ? first + gap * (1 + (index % 5)) : endDay;
    const days = Array.from({ length: 40 }, (_day, count) => first + count * gap + ((index * count) % 3));
    return days
      .filter((day) => day <= stop)
      .map((day) => ({ customerId: `c${index}`, at: day * dayMs + 3_600_000, minor: 1_000 + ((index * 97) % 4_000) }));
  }).flat();
}

const endDay = 20_500;
const now = endDay * dayMs + 12 * 3_600_000;
const options = { asOf: now, currency: "EUR" };
const ordersOf = (orders: readonly CustomerOrder[], customerId: string) => ({
  customerId,
  orders: orders.filter((each) => each.customerId === customerId),
});

describe("training", () => {
  it("gives the same parameters for the same orders in any order", () => {
    const shop = aShop(60, endDay);
    const first = train(shop, options);
    fc.assert(
      fc.property(fc.shuffledSubarray(shop, { minLength: shop.length }), (shuffled) => {
        expect(train(shuffled, options)).toEqual(first);
      }),
      { numRuns: 3 },
    );
  });

  it("refuses to speak for a shop with fewer than 300 repeat customers, and answers with the average of similar ones", () => {
    const shop = aShop(100, endDay);
    const { params, gate, report } = train(shop, options);
    expect(gate.passed).toBe(false);
    expect(gate.reasons.map(({ code }) => code)).toContain("tooFewRepeatCustomers");
    expect(params.basis).toBe("cohort");
    expect(report.purchase).not.toBeNull();
    const own = score(params, ordersOf(shop, "c1"), now)!;
    expect(own.basis).toBe("cohort");
    expect(own.p_alive).toBeNull();
    expect(own.clv_12m!.minor).toBeGreaterThan(0);
    expect(own.rfm.text).toMatch(/^[1-5]{3}$/);
    expect(own.next_order_at).toBeGreaterThan(0);
  });

  it("refuses a model that missed what was held back", () => {
    // Everybody ordered daily for a month, and nobody since but three.
    const shop = Array.from({ length: 400 }, (_, index) =>
      Array.from({ length: index < 3 ? 31 : 30 }, (_day, count) => ({
        customerId: `c${index}`,
        at: (count === 30 ? endDay : endDay - 40 + count) * dayMs,
        minor: 100,
      })),
    ).flat();
    const { gate, params } = train(shop, options);
    expect(gate.reasons.map(({ code }) => code)).toContain("totalError");
    expect(params.basis).toBe("cohort");
  });

  it("refuses a model where everybody goes on as before, however right its total is", () => {
    const { gate, report } = train(aShop(600, endDay), options);
    expect(report.holdout!.totalError).toBeLessThan(0.25);
    expect(gate.reasons).toEqual([
      { code: "perCustomer", message: expect.stringContaining("everybody goes on as before") },
    ]);
  });

  it("answers for shops with hardly anything in them", () => {
    for (const shop of [[], [{ customerId: "a", at: now, minor: 500 }], [{ customerId: "a", at: 0, minor: 0 }]]) {
      const { params, gate } = train(shop, options);
      expect(gate.passed).toBe(false);
      const own = score(params, { customerId: "a", orders: [{ at: now, minor: 500 }] }, now)!;
      expect(own.churn_probability).toBe(1);
      expect(own.next_order_at).toBeNull();
    }
  });

  it("leaves out what is later than its end or older than its history", () => {
    const shop = aShop(50, endDay);
    const noise = [
      { customerId: "c1", at: now + 2 * dayMs, minor: 99 },
      { customerId: "late", at: now + 2 * dayMs, minor: 99 },
      { customerId: "old", at: now - 900 * dayMs, minor: 99 },
    ];
    const bounded = { ...options, historyDays: 800 };
    expect(train([...shop, ...noise], bounded)).toEqual(train(shop, bounded));
  });

  it.each([
    ["asOf", { asOf: Number.NaN }],
    ["currency", { currency: "eur" }],
    ["months", { months: 0 }],
    ["monthlyDiscount", { monthlyDiscount: -0.1 }],
    ["marginShare", { marginShare: 1.1 }],
    ["historyDays", { historyDays: Number.POSITIVE_INFINITY }],
    ["churnCutoffDays", { churnCutoffDays: 0 }],
    ["model", { model: "lstm" as "bgnbd" }],
  ])("refuses a bad %s by its name", (name, bad) => {
    expect(() => train([], { ...options, ...bad })).toThrow(name);
  });
});

/** Customers by falling number of orders, those who have ordered within 20 days. */
function frequentIn(orders: readonly CustomerOrder[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { customerId } of orders) counts.set(customerId, (counts.get(customerId) ?? 0) + 1);
  const recent = new Set(orders.filter(({ at }) => at > now - 20 * dayMs).map(({ customerId }) => customerId));
  return [...recent].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
}

describe("scores", () => {
  const shop = drawShoppers(900, (endDay - 400) * dayMs, now).flatMap(({ id, orders }) =>
    orders.map(({ at, minor }) => ({ customerId: id, at, minor })),
  );
  const trained = train(shop, options);

  it("come from the model that passed, through parameters that are plain JSON", () => {
    expect(trained.gate).toEqual({ passed: true, reasons: [] });
    const params = JSON.parse(JSON.stringify(trained.params));
    for (const id of ["shopper-1", "shopper-3", "shopper-599"]) {
      const own = score(params, ordersOf(shop, id), now)!;
      expect(own).toEqual(score(trained.params, ordersOf(shop, id), now));
      expect(own.basis).toBe("bgnbd");
      expect(Number.isInteger(own.clv_12m!.minor)).toBe(true);
      expect(own.p_alive! + own.churn_probability).toBeCloseTo(1);
    }
  });

  it("are in their ranges for any orders", () => {
    const days = fc.array(
      fc.record({ at: fc.integer({ min: now - 1_500 * dayMs, max: now }), minor: fc.integer({ min: 0, max: 1e7 }) }),
      {
        minLength: 1,
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 800 }), (orders, later) => {
        const own = score(trained.params, { customerId: "x", orders }, now + later * dayMs);
        if (!own) return;
        for (const each of [own.p_alive!, own.churn_probability, own.order_probability_30d!]) {
          expect(each).toBeGreaterThanOrEqual(0);
          expect(each).toBeLessThanOrEqual(1);
        }
        expect(own.clv_12m!.minor).toBeGreaterThanOrEqual(0);
        expect(own.expected_orders_30d!).toBeGreaterThanOrEqual(own.order_probability_30d! - 1e-12);
      }),
    );
  });

  it("fall as a customer stays away", () => {
    // Of those who ordered often and still do: their silence says most.
    const [id = ""] = trained.params.isLossKnown ? frequentIn(shop) : [];
    const own = ordersOf(shop, id);
    const probabilities = [0, 30, 90, 300].map((later) => score(trained.params, own, now + later * dayMs)!.p_alive!);
    expect([...probabilities].sort((a, b) => b - a)).toEqual(probabilities);
    expect(probabilities[3]).toBeLessThan(probabilities[0]! / 2);
  });

  it("count a share of the revenue where only margin is value", () => {
    const half = train(shop, { ...options, marginShare: 0.5 }).params;
    const [whole, part] = [trained.params, half].map(
      (params) => score(params, ordersOf(shop, "shopper-5"), now)!.clv_12m!.minor,
    );
    expect(Math.abs(part! - whole! / 2)).toBeLessThanOrEqual(1);
  });

  it("are not given to somebody without an order", () => {
    expect(score(trained.params, { customerId: "x", orders: [] }, now)).toBeUndefined();
    expect(
      score(trained.params, { customerId: "x", orders: [{ at: now + 5 * dayMs, minor: 1 }] }, now),
    ).toBeUndefined();
  });
});
