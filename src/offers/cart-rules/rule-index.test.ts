import { describe, expect, it } from "vitest";
import { aCartRule } from "../../testing/rules/a-cart-rule.ts";
import type { CartRule } from "./cart-rule.ts";
import { createRuleIndex } from "./rule-index.ts";

const keys = (rules: readonly CartRule[]) => rules.map(({ key }) => key);

describe("the index of rules", () => {
  it("finds rules by website, customer group and day, in the order in which they run", () => {
    const index = createRuleIndex(
      [
        aCartRule({ key: "c", priority: 2 }),
        aCartRule({ key: "b", priority: 1, websites: new Set(["eu"]) }),
        aCartRule({ key: "a", priority: 1, customerGroups: new Set(["vip"]) }),
        aCartRule({ key: "d", priority: 0, fromDay: 10, toDay: 12 }),
        aCartRule({ key: "off", isActive: false }),
        aCartRule({ key: "code", coupon: "specific", code: { text: "X", limit: null } }),
      ],
      "v",
    );
    expect(keys(index.automatic({ website: "eu", group: "vip", today: 10 }))).toEqual(["d", "a", "b", "c"]);
    expect(keys(index.automatic({ website: "us", group: "vip", today: 9 }))).toEqual(["a", "c"]);
    expect(keys(index.automatic({ website: "us", group: "other", today: 13 }))).toEqual(["c"]);
    expect(index.byCode.get("X")?.key).toBe("code");
  });

  it("gives a code that two rules hold to the first in order", () => {
    const code = { coupon: "specific", code: { text: "X", limit: null } } as const;
    const rules = [aCartRule({ key: "late", priority: 2, ...code }), aCartRule({ key: "early", priority: 1, ...code })];
    expect(createRuleIndex(rules, "v").byCode.get("X")?.key).toBe("early");
    expect(createRuleIndex(rules.toReversed(), "v").byCode.get("X")?.key).toBe("early");
  });

  it("looks at each rule once a website, group and day, not at each request", () => {
    let looks = 0;
    const rules = Array.from({ length: 7_000 }, (_, at): CartRule => {
      const rule = aCartRule({ key: `r${at}` });
      const websites = new Set([`w${at % 7}`]);
      // Every look of the index at a rule asks for its websites.
      const look = () => {
        looks += 1;
        return websites;
      };
      return Object.defineProperty({ ...rule }, "websites", { enumerable: true, get: look });
    });
    const index = createRuleIndex(rules, "v");
    index.automatic({ website: "w1", group: "general", today: 1 });
    const afterFirst = looks;
    for (let at = 0; at < 1_000; at += 1) {
      const found = index.automatic({ website: "w1", group: `claimed-${at}`, today: 1 });
      expect(found).toHaveLength(1_000);
    }
    expect(looks).toBe(afterFirst);
  });

  it("keeps no more lists than rules name places, whatever callers send", () => {
    const index = createRuleIndex([aCartRule({ key: "a", websites: new Set(["eu"]) })], "v");
    const first = index.automatic({ website: "nowhere", group: "none", today: 1 });
    for (let at = 0; at < 100; at += 1)
      expect(index.automatic({ website: `site-${at}`, group: `group-${at}`, today: 1 })).toBe(first);
  });
});
