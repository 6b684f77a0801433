import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../api/shapes.ts";
import { toModel } from "./to-model.ts";
import { toSentence } from "./to-sentence.ts";

const names = {
  attribute: (path: string) => path.replace(/^.*\./, ""),
  audience: (key: string) => (key === "vip" ? "Best customers" : key),
};
const say = (rule: JsonObject) => toSentence(toModel(rule), names);

describe("a rule in words", () => {
  it.each<[string, JsonObject]>([
    ["Everyone.", { everyone: true }],
    ["People for whom never.", { not: { any: [] } }],
    ["People for whom gender is “female”.", { attribute: { path: "profile.gender", op: "eq", value: "female" } }],
    [
      "People for whom group is none of (or has no value) “wholesale”, “retailer”.",
      { attribute: { path: "profile.group", op: "not_in", value: ["wholesale", "retailer"] } },
    ],
    [
      "People for whom subtotal is at least €50.00.",
      { attribute: { path: "cart.subtotal", op: "gte", value: { minor: 5000, currency: "EUR" } } },
    ],
    [
      "People for whom price is at most 80 % of base.",
      { attribute: { path: "product.price", op: "lte", value: { ref: "matched.base", percent: 80 } } },
    ],
    [
      "People for whom they did productPageView at least 5 different sku in the last 14 days.",
      {
        event: {
          name: "productPageView",
          window: { last: "14d" },
          count: { op: "gte", value: 5 },
          distinct: "event.properties.items.sku",
        },
      },
    ],
    [
      "People for whom they did orderPlaced never last month.",
      {
        event: {
          name: "orderPlaced",
          count: { op: "eq", value: 0 },
          window: { calendar: "month", offset: -1, timezone: "UTC" },
        },
      },
    ],
    [
      "People for whom they are in “Best customers” for at least 30 days and consent to Marketing is granted.",
      { all: [{ audience: { id: "vip", for: "30d" } }, { consent: { category: "marketing", status: "granted" } }] },
    ],
    [
      "People for whom they did, in this order, addToCart, then startCheckout within 1 hours without removeFromCart in between in the last 30 days.",
      {
        sequence: {
          window: { last: "30d" },
          steps: [
            { name: "addToCart" },
            { name: "startCheckout", within: "1h", notBetween: [{ name: "removeFromCart" }] },
          ],
        },
      },
    ],
    [
      "People for whom (none of this is true: they are in “a” or they are in “b”).",
      { not: { any: [{ audience: { id: "a" } }, { audience: { id: "b" } }] } },
    ],
    ["People for whom they are among 10% drawn by “welcome”.", { bucket: { salt: "welcome", from: 0, to: 1000 } }],
  ])("reads: %s", (sentence, rule) => {
    expect(say(rule)).toBe(sentence);
  });

  it("says that something is missing rather than nothing", () => {
    expect(say({ attribute: { path: "profile.gender", op: "eq" } })).toBe("People for whom gender is ….");
  });

  it("speaks of products as of things", () => {
    const brand = toModel({ attribute: { path: "product.brand", op: "eq", value: { ref: "matched.brand" } } });
    expect(toSentence(brand, names, false)).toBe("Where brand is that of brand.");
  });
});
