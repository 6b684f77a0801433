import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importCatalog } from "../../src/catalog/index.ts";
import { startTestApp, type TestApp } from "../../src/testing/start-test-app.ts";
import { readPriceRules } from "./luma-price-rules.ts";

const folder = new URL("../data/luma", import.meta.url).pathname;
const usd = (minor: number) => ({ minor, currency: "USD" });
let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
  await importCatalog(
    {
      files: ["categories.json", "attributes.json", "products.jsonl.gz"].map((file) => join(folder, file)),
      imageUrl: "/{file}",
      productUrl: "/{sku}",
      currency: "USD",
      categoriesByFlag: { new: "what-is-new", sale: "sale" },
    },
    { catalog: app.catalog },
  );
  await app.definitions.importDefinitions(await readPriceRules(folder), {
    caller: { actor: "test", via: "import", storeViews: null },
    publish: true,
  });
}, 120_000);
afterAll(async () => {
  await app?.close();
});

async function evaluate(
  lines: readonly (readonly [sku: string, qty: number, minor: number])[],
  codes: readonly string[] = [],
) {
  const { status, body } = await app.call("POST", "/v1/offers/evaluate", {
    cart: {
      currency: "USD",
      lines: lines.map(([sku, qty, minor], index) => ({ id: String(index), sku, qty, unitPrice: usd(minor) })),
      shipping: { rate: usd(500) },
      couponCodes: codes,
    },
  });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body as {
    totals: Record<string, { minor: number }>;
    nearMisses: object[];
    coupons: object;
    lines: Record<string, object>;
  };
}

describe("the price rules of the sample shop", () => {
  it("gives the fourth tee of a kind for nothing, and no fourth without a tee", async () => {
    expect((await evaluate([["MS01-XS-Black", 4, 1_000]])).totals["itemDiscount"]).toEqual(usd(1_000));
    expect((await evaluate([["MS01-XS-Black", 3, 1_000]])).totals["itemDiscount"]).toEqual(usd(0));
    expect((await evaluate([["24-WG085", 4, 1_000]])).totals["itemDiscount"]).toEqual(usd(0));
  });

  it("ships for nothing from 50 dollars on, and says before what is missing", async () => {
    const below = await evaluate([["24-MB01", 1, 4_250]]);
    expect(below.totals["shipping"]).toEqual(usd(500));
    expect(below.nearMisses).toContainEqual(
      expect.objectContaining({ label: "Free shipping", missing: expect.objectContaining({ lacks: usd(750) }) }),
    );
    expect((await evaluate([["24-MB01", 1, 5_000]])).totals["total"]).toEqual(usd(5_000));
  });

  it("takes 20 % off from 200 dollars on, but nothing off watches and what is on sale", async () => {
    const { lines } = await evaluate([
      ["24-MB01", 1, 15_000],
      ["24-MG04", 1, 4_500],
      ["MH01-XS-Black", 1, 5_200],
    ]);
    expect(lines).toMatchObject({
      0: { discount: usd(3_000) },
      1: { discount: usd(0) },
      2: { discount: usd(0) },
    });
  });

  it("takes 70 % off the water bottle with its code only", async () => {
    expect((await evaluate([["24-UG06", 1, 700]])).totals["itemDiscount"]).toEqual(usd(0));
    const { totals, coupons } = await evaluate(
      [
        ["24-UG06", 1, 700],
        ["24-MB01", 1, 3_400],
      ],
      ["H20"],
    );
    expect(totals["itemDiscount"]).toEqual(usd(490));
    expect(coupons).toMatchObject({ H20: { status: "applied" } });
    expect((await evaluate([["24-MB01", 1, 3_400]], ["H20"])).coupons).toMatchObject({
      H20: { status: "rejected", reason: "no_matching_items" },
    });
  });

  it("takes 20 % off pants in the catalog", async () => {
    await expect
      .poll(async () => (await app.call("GET", "/v1/catalog/products/MP01-32-Black/price")).body["finalPrice"])
      .toEqual(usd(2_800));
    expect((await app.call("GET", "/v1/catalog/products/24-MB01/price")).body["finalPrice"]).toEqual(usd(3_400));
  });

  it("refuses a condition that it cannot translate", async () => {
    const { mkdtemp, writeFile } = await import("node:fs/promises");
    const { tmpdir } = await import("node:os");
    const other = await mkdtemp(join(tmpdir(), "price-rules-"));
    const conditions = { type: "a\\Condition\\Product", attribute: "color", operator: "==", value: "red" };
    const rule = {
      name: "Red",
      simple_action: "by_percent",
      discount_amount: "5",
      conditions: { type: "a\\Condition\\Combine", conditions: [conditions] },
    };
    await writeFile(join(other, "price_rules.json"), JSON.stringify({ catalog_price_rules: [rule] }));
    await writeFile(join(other, "categories.json"), "[]");
    await expect(readPriceRules(other)).rejects.toThrow("color");
  });
});
