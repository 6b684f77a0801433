import { describe, expect, it } from "vitest";
import { pastCart } from "./past-cart.ts";
import { atCatalogPrices, pastOpenCarts } from "./past-open-carts.ts";

const million = 1_000_000n;
const usd = (minor: number) => ({ minor, currency: "USD" });
const place = { at: 1_000, storeView: "default", currency: "USD", isTrusted: true };
const orderOf = (properties: object, isTrusted = true) =>
  pastCart({ ...place, kind: "order", isTrusted, properties: JSON.stringify(properties) });

describe("an order of the past as a cart", () => {
  const part = (sku: string, qty: number, minor: number) => ({ sku, qty, unitPrice: usd(minor) });

  it("has the parts of a bundle, nested with a quantity for one of it, or beside it with their whole quantity", () => {
    const bundle = { lineId: "7", sku: "kit", qty: 2, unitPrice: usd(3_000) };
    const nested = orderOf({ items: [{ ...bundle, children: [part("pad", 3, 500), part("bag", 1, 1_500)] }] });
    const flat = orderOf({
      items: [
        bundle,
        { ...part("pad", 6, 500), parentLineId: "7" },
        { ...part("bag", 2, 1_500), parentLineId: "7" },
        part("mug", 1, 900),
      ],
    });
    const parts = [
      { sku: "pad", qty: 3n * million, price: 500n * million },
      { sku: "bag", qty: million, price: 1_500n * million },
    ];
    expect(nested?.cart.lines).toMatchObject([{ sku: "kit", productType: "bundle_dynamic", children: parts }]);
    expect(flat?.cart.lines).toMatchObject([
      { id: "1", sku: "kit", qty: 2n * million, productType: "bundle_dynamic", children: parts },
      { id: "2", sku: "mug" },
    ]);
  });

  it("lets a bundle of a fixed price carry it, and takes no line for a part of itself or of a part", () => {
    const fixed = orderOf({ items: [{ ...part("kit", 1, 3_000), children: [{ sku: "pad" }, { sku: "bag" }] }] });
    expect(fixed?.cart.lines).toMatchObject([{ price: 3_000n * million, children: [{ price: 0n }, { price: 0n }] }]);
    expect(fixed?.cart.lines[0]?.productType).toBeUndefined();
    const circular = orderOf({
      items: [
        { ...part("a", 1, 100), lineId: "1", parentLineId: "1" },
        { ...part("b", 1, 100), lineId: "2", parentLineId: "1" },
      ],
    });
    expect(circular?.cart.lines.map(({ sku, children }) => [sku, children?.length])).toEqual([
      ["a", undefined],
      ["b", undefined],
    ]);
  });

  it("takes group, guest and product as a server told them then, and believes no browser in that", () => {
    const items = [{ ...part("bag", 1, 100), weight: "2.5", noDiscount: true, attributes: { cost: "0.40" } }];
    expect(orderOf({ items, customerGroup: "wholesale" })).toMatchObject({
      ...{ customerGroup: "wholesale", isGuest: false },
      cart: { lines: [{ attributes: { cost: "0.40" }, weight: 2_500_000n, noDiscount: true }] },
    });
    expect(orderOf({ items, customerGroup: "wholesale", isGuest: true })).toMatchObject({
      ...{ customerGroup: "not_logged_in", isGuest: true },
    });
    const claimed = orderOf({ items, customerGroup: "wholesale", isGuest: true }, false);
    expect(claimed).toMatchObject({ customerGroup: null, isGuest: false });
    expect(claimed?.cart.lines).toEqual([{ id: "1", sku: "bag", qty: million, price: 100n * million }]);
  });

  it("is none where no line can be read", () => {
    for (const items of [undefined, {}, [null, 7, { sku: "" }, { sku: "a", qty: -1 }, { sku: "a" }]])
      expect(orderOf({ items })).toBeUndefined();
    expect(pastCart({ ...place, kind: "order", properties: "[broken" })).toBeUndefined();
    expect(orderOf({ items: [part("a", 1, Number.MAX_SAFE_INTEGER)] })).toBeUndefined();
  });
});

describe("carts of the past", () => {
  const change = (at: number, type: string, properties: object = {}) => {
    return { id: `e-${at}`, type, sourceKind: "native", at, properties: JSON.stringify(properties) };
  };
  const item = (sku: string, qty: number, minor: number) => ({ items: [{ sku, qty, unitPrice: usd(minor) }] });
  const cartsOf = (changes: ReturnType<typeof change>[], isTrusted = true) =>
    pastOpenCarts({ ...place, kind: "cart", isTrusted, changes }, "USD");

  it("are each as it stood when it was bought, and the last as it was left", () => {
    const carts = cartsOf([
      change(1, "addToCart", item("bag", 2, 500)),
      change(2, "removeFromCart", item("bag", 1, 500)),
      change(3, "completeCheckout"),
      change(4, "addToCart", item("mug", 1, 900)),
      change(5, "shoppingCartView", { ...item("mug", 3, 900), couponCodes: ["SPRING"], shipping: usd(500) }),
    ]);
    expect(carts).toMatchObject([
      { at: 2, cart: { lines: [{ sku: "bag", qty: million }] }, codes: [] },
      { at: 5, cart: { lines: [{ sku: "mug", qty: 3n * million }], shipping: { rate: 500n } }, codes: ["SPRING"] },
    ]);
  });

  it("are none where everything was taken out again", () => {
    expect(
      cartsOf([change(1, "addToCart", item("bag", 1, 500)), change(2, "removeFromCart", item("bag", 1, 500))]),
    ).toEqual([]);
  });

  it("cost what the catalog says where a browser told them", () => {
    const claim = change(1, "shoppingCartView", {
      items: ["bag", "ghost"].map((sku) => ({ sku, qty: 2, unitPrice: usd(1) })),
    });
    const [cart] = cartsOf([claim], false);
    expect(cart?.isClaimed).toBe(true);
    const known: Record<string, object> = { bag: { price: usd(4_000), final_price: usd(3_000) } };
    const priced = cart && atCatalogPrices(cart.cart, (sku) => known[sku] as never);
    expect(priced?.lines).toMatchObject([{ sku: "bag", qty: 2n * million, price: 3_000n * million }]);
    expect(priced?.lines.length).toBe(1);
    const [huge] = cartsOf([change(1, "shoppingCartView", item("bag", 5_000, 1))], false);
    expect(huge && atCatalogPrices(huge.cart, (sku) => known[sku] as never).lines).toEqual([]);
  });
});
