import { describe, expect, it } from "vitest";
import { readFixture } from "../../testing/rules/fixtures.ts";
import { type CartRuleCase, evaluationOf, expectedOf } from "../../testing/rules/translate-cart-rule.ts";
import { evaluateCart } from "./evaluate-cart.ts";

const cases = readFixture<readonly CartRuleCase[]>("promotions/cart-rules.json");
const reason = "fixtures folder not found; set CLIENTELE_FIXTURES";

describe.skipIf(cases === null)(`cart price rule cases${cases ? "" : ` (${reason})`}`, () => {
  it.each((cases ?? []).map((each) => [each.name, each] as const))("%s", (_name, fixture) => {
    const input = evaluationOf(fixture);
    for (const { conditions, targets } of input.index.byKey.values()) {
      expect(conditions?.rule.broken ?? false).toBe(false);
      expect(targets?.rule.broken ?? false).toBe(false);
    }
    expect(expectedOf(evaluateCart(input))).toEqual(fixture.expected);
    expect(expectedOf(evaluateCart({ ...input, explain: true }))).toEqual(fixture.expected);
  });
});
