import { describe, expect, it } from "vitest";
import { parseLocalDate } from "../kernel/rules/index.ts";
import { readPrices } from "./parse-prices.ts";
import type { CatalogProduct } from "./product.ts";
import { createFieldReader } from "./read-fields.ts";
import { createSpecialDays, isSpecialOn } from "./special-days.ts";

const day = (text: string) => parseLocalDate(text) ?? Number.NaN;
const usd = (minor: number) => ({ minor, currency: "USD" });

function read(row: Readonly<Record<string, unknown>>, on = "2026-03-10") {
  const fields = createFieldReader(row);
  const prices = readPrices(fields, "USD", day(on));
  return { ...prices, faults: fields.faults.map(({ path, code }) => `${path} ${code}`) };
}

describe("prices of a row", () => {
  it("hold a special price with its days", () => {
    const row = {
      price: "20.00",
      special_price: "15",
      special_from_date: "2026-03-10 00:00:00",
      specialTo: "2026-03-12",
    };
    expect(read(row)).toMatchObject({
      specialDays: { from: "2026-03-10", to: "2026-03-12" },
      finalPrice: usd(1_500),
      faults: [],
    });
    expect(read(row, "2026-03-13").finalPrice).toEqual(usd(2_000));
    expect(read({ price: 1, specialFrom: "soon" }).faults).toEqual(["/specialFrom date"]);
    expect(read({ price: 1, specialFrom: "2026-02-30" }).faults).toEqual(["/specialFrom date"]);
  });

  it("hold prices of groups and quantities", () => {
    const row = {
      price: "20.00",
      groupPrices: [{ group: "wholesale", price: "15.50" }],
      tierPrices: [{ qty: 10, website: "b2b", price: { minor: 900, currency: "USD" } }],
    };
    expect(read(row)).toMatchObject({
      tierPrices: [
        { qty: 1, group: "wholesale", price: usd(1_550) },
        { qty: 10, website: "b2b", price: usd(900) },
      ],
      finalPrice: usd(2_000),
      faults: [],
    });
  });

  it("hold tier prices as Adobe Commerce sends and exports them", () => {
    const rest = [
      { customer_group_id: 32000, qty: 5, value: 18, extension_attributes: { website_id: 0 } },
      { customer_group_id: 2, qty: 1, value: 0, extension_attributes: { percentage_value: 12.5, website_id: 1 } },
    ];
    expect(read({ price: 19.99, tier_prices: rest }).tierPrices).toEqual([
      { qty: 5, price: usd(1_800) },
      { qty: 1, group: "2", website: "1", price: usd(1_749) },
    ]);
    const csv = JSON.stringify([
      {
        website: "All Websites [USD]",
        customer_group: "ALL GROUPS",
        qty: "2.0000",
        price: "10",
        value_type: "Discount",
      },
    ]);
    expect(read({ price: "19.99", tier_price: csv }).tierPrices).toEqual([{ qty: 2, price: usd(1_799) }]);
  });

  it.each([
    ["no list", "cheap", "/tierPrices list"],
    ["no object", ["5"], "/tierPrices/0 object"],
    ["no price", [{ qty: 5 }], "/tierPrices/0/price required"],
    ["a price below zero", [{ qty: 5, price: -1 }], "/tierPrices/0/price money"],
    ["no quantity", [{ qty: 0, price: 1 }], "/tierPrices/0/qty range"],
    ["a quantity that is no number", [{ qty: "many", price: 1 }], "/tierPrices/0/qty number"],
    ["more than all of the price off", [{ percentage_value: 101 }], "/tierPrices/0/percent range"],
    ["too many", Array.from({ length: 1_001 }, () => ({ price: 1 })), "/tierPrices tooMany"],
    ["a prototype", [JSON.parse('{"__proto__": {"price": 1}}')], "/tierPrices/0/price required"],
  ])("are refused with %s", (_, tierPrices, fault) => {
    expect(read({ price: 10, tierPrices }).faults).toContain(fault);
  });
});

describe("days of a special price", () => {
  it("are inclusive at both ends", () => {
    const days = { from: "2026-03-10", to: "2026-03-11" };
    const on = ["2026-03-09", "2026-03-10", "2026-03-11", "2026-03-12"].map((text) => isSpecialOn(days, day(text)));
    expect(on).toEqual([false, true, true, false]);
    expect(isSpecialOn(undefined, 0)).toBe(true);
  });

  it("change what products cost when the day turns, and only theirs", () => {
    const product = (sku: string, from: string | null) =>
      ({
        sku,
        price: usd(10),
        specialPrice: usd(5),
        specialDays: { from, to: null },
        finalPrice: null,
      }) as unknown as CatalogProduct;
    const days = createSpecialDays(day("2026-03-09"));
    const [late] = days.take([product("late", "2026-03-10"), product("always", null), product("gone", "2026-03-10")]);
    expect(late?.finalPrice).toEqual(usd(10));
    days.take([], ["gone"]);
    expect(days.turnTo(day("2026-03-09"))).toEqual([]);
    expect(days.turnTo(day("2026-03-10")).map(({ sku, finalPrice }) => [sku, finalPrice?.minor])).toEqual([
      ["late", 5],
    ]);
  });
});
