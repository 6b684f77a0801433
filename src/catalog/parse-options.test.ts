import { describe, expect, it } from "vitest";
import { regularPriceOf, requiredOptions } from "./custom-options.ts";
import { readPrices } from "./parse-prices.ts";
import { createFieldReader } from "./read-fields.ts";

const usd = (minor: number) => ({ minor, currency: "USD" });

function read(row: Readonly<Record<string, unknown>>) {
  const fields = createFieldReader({ price: "20.00", ...row });
  const prices = readPrices(fields, "USD", 0);
  return { ...prices, faults: fields.faults.map(({ path, code }) => `${path} ${code}`) };
}

// As Adobe Commerce's REST answers write them.
const engraving = { title: "Engraving", type: "field", is_require: true, price: 5, price_type: "fixed" };
const wrap = {
  ...{ title: "Gift wrap", type: "drop_down", is_require: "1" },
  values: [
    { title: "Silk", price: "7.50", price_type: "fixed" },
    { title: "Paper", price: "10.0000", price_type: "percent" },
  ],
};

describe("custom options of a row", () => {
  it("are read as Adobe Commerce writes them, and what is required is part of the final price", () => {
    const row = read({ options: [engraving, wrap, { title: "Card", type: "area", is_require: 0, price: 3 }] });
    expect(row).toMatchObject({
      customOptions: [
        { title: "Engraving", type: "field", isRequired: true, price: { amount: usd(500) } },
        {
          ...{ title: "Gift wrap", type: "drop_down", isRequired: true },
          values: [
            { title: "Silk", price: { amount: usd(750) } },
            { title: "Paper", price: { percent: "10" } },
          ],
        },
        { title: "Card", type: "area", isRequired: false, price: { amount: usd(300) } },
      ],
      // 20.00, 5.00 for the engraving, and paper for a tenth of 20.00.
      finalPrice: usd(2_700),
      faults: [],
    });
    expect(requiredOptions(row, usd(2_000))).toEqual([
      { title: "Engraving", value: null, price: usd(500) },
      { title: "Gift wrap", value: "Paper", price: usd(200) },
    ]);
    expect(regularPriceOf(row)).toEqual(usd(2_700));
  });

  it("go by the special price where they are a share, and are not reduced where they are an amount", () => {
    expect(read({ special_price: "10", customOptions: [engraving, wrap] }).finalPrice).toEqual(usd(1_000 + 500 + 100));
  });

  it("may stand in a CSV cell, as JSON or in the notation of Adobe Commerce's exports", () => {
    const expected = read({ options: [{ ...wrap, is_require: false }, engraving] }).customOptions;
    const notation = [
      "name=Gift wrap,type=drop_down,required=0,price=7.50,price_type=fixed,sku=,option_title=Silk",
      "name=Gift wrap,type=drop_down,required=0,price=10.0000,price_type=percent,sku=,option_title=Paper",
      "name=Engraving,type=field,required=1,price=5.0000,price_type=fixed,sku=a, b,max_characters=20",
    ].join("|");
    expect(read({ custom_options: notation })).toMatchObject({ customOptions: expected, faults: [] });
    const json = JSON.stringify([{ ...wrap, is_require: false }, engraving]);
    expect(read({ custom_options: json })).toMatchObject({ customOptions: expected, faults: [] });
  });

  it("are taken back as the catalog answers with them", () => {
    const { customOptions } = read({ options: [engraving, wrap] });
    expect(read({ customOptions })).toMatchObject({ customOptions, finalPrice: usd(2_700), faults: [] });
  });

  it("leave the options of a variant what they are, and cost nothing without a price", () => {
    expect(read({ options: { size: "M" } })).not.toHaveProperty("customOptions");
    expect(read({ options: [{ title: "Note", is_require: true }] })).toMatchObject({ finalPrice: usd(2_000) });
  });

  it.each([
    ["no list", { customOptions: "gift wrap" }, "/customOptions list"],
    ["an entry without a title", { options: [{ type: "field" }] }, "/customOptions/0/title required"],
    ["an entry that is no object", { options: ["wrap"] }, "/customOptions/0 object"],
    ["values that are no list", { options: [{ title: "a", values: 3 }] }, "/customOptions/0/values list"],
    ["a price below nothing", { options: [{ title: "a", price: "-1" }] }, "/customOptions/0/price money"],
    [
      "a share that is none",
      { options: [{ title: "a", values: [{ title: "b", price: "1e3", price_type: "percent" }] }] },
      "/customOptions/0/values/0/price range",
    ],
    [
      "more than tenfold",
      { options: [{ title: "a", price: "1000.01", price_type: "percent" }] },
      "/customOptions/0/price range",
    ],
    [
      "another currency",
      { options: [{ title: "a", price: { minor: 1, currency: "EUR" } }] },
      "/customOptions/0/price currency",
    ],
    [
      "an unknown type of price",
      { options: [{ title: "a", price_type: "half" }] },
      "/customOptions/0/priceType choice",
    ],
    ["a control character", { options: [{ title: "a\u0000" }] }, "/customOptions/0/title controlCharacter"],
    ["too many", { options: Array.from({ length: 101 }, () => ({ title: "a" })) }, "/customOptions tooMany"],
    [
      "too many choices",
      { options: [{ title: "a", values: Array.from({ length: 501 }, () => ({ title: "b" })) }] },
      "/customOptions/0/values tooMany",
    ],
  ])("are refused with %s", (_, row, fault) => {
    expect(read(row).faults).toEqual([fault]);
  });
});
