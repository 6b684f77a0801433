// A cart with several shipments goes to several places: each of its address fields is a list then, of which any element counts.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createAttributeCatalog } from "./attribute-catalog.ts";
import { compileRule } from "./compile.ts";
import type { Operator, RuleNode } from "./grammar.ts";

const catalog = createAttributeCatalog([
  { path: "cart.country", type: "key", label: "Country" },
  { path: "cart.postcode", type: "text", label: "Postcode" },
  { path: "profile.country", type: "key", label: "Country" },
  { path: "profile.postcode", type: "text", label: "Postcode" },
  { path: "profile.countries", type: "list", label: "Countries" },
]);
type Facts = Readonly<Record<string, unknown>>;

function holds(path: string, op: Operator, value: unknown, facts: { cart?: Facts; profile?: Facts }): boolean {
  const rule = compileRule({ attribute: { path, op, value } } as RuleNode, { catalog });
  return rule.test(facts, 0);
}
const ref = (path: string) => ({ ref: path });

describe("a reference to a place of a cart with several shipments", () => {
  const cart = { country: ["US", "CA"], postcode: ["10115", "K1A 0B1"] };

  it.each([
    ["profile.country", "cart.country", { country: "ca" }, true],
    ["profile.country", "cart.country", { country: "MX" }, false],
    ["profile.country", "cart.country", {}, false],
    ["profile.postcode", "cart.postcode", { postcode: "k1a 0b1" }, true],
    ["profile.countries", "cart.country", { countries: ["MX", "US"] }, true],
    ["profile.countries", "cart.country", { countries: ["MX"] }, false],
  ])("%s eq %s of %j: %s, and neq its opposite", (path, other, profile, expected) => {
    expect(holds(path, "eq", ref(other), { cart, profile })).toBe(expected);
    expect(holds(path, "neq", ref(other), { cart, profile })).toBe(!expected);
  });

  it("asks other comparisons of each place too, and in as of any list", () => {
    const profile = { country: "US", postcode: "10115 Berlin" };
    expect(holds("profile.postcode", "starts_with", ref("cart.postcode"), { cart, profile })).toBe(true);
    expect(holds("profile.postcode", "not_starts_with", ref("cart.postcode"), { cart, profile })).toBe(false);
    expect(holds("profile.country", "in", ref("cart.country"), { cart, profile })).toBe(true);
    expect(holds("profile.country", "not_in", ref("cart.country"), { cart, profile })).toBe(false);
  });

  it("says the same whichever side the places stand on, for one shipment and for many", () => {
    const country = fc.constantFrom("US", "us", "CA", "MX", "", "10", "10.0");
    fc.assert(
      fc.property(fc.array(country, { maxLength: 4 }), country, fc.constantFrom("eq", "neq"), (places, own, op) => {
        // As a cart tells it: one place as it is, of several those that are known.
        const said = places.filter((place) => place !== "");
        const facts = { cart: { country: places.length === 1 ? places[0] : said }, profile: { country: own } };
        const present = own !== "" && places.some((place) => place !== "");
        const met = present && places.some((place) => place !== "" && place.toLowerCase() === own.toLowerCase());
        const expected = op === "eq" ? met : !met;
        return (
          holds("profile.country", op as Operator, ref("cart.country"), facts) === expected &&
          holds("cart.country", op as Operator, ref("profile.country"), facts) === expected
        );
      }),
    );
  });
});
