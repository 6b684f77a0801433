import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exampleCatalog } from "../../testing/rules/catalog.ts";
import { expectNoChangeBetween } from "../../testing/rules/next-changes.ts";
import { type CompiledRule, compileRule } from "./compile.ts";
import type { RuleNode } from "./grammar.ts";
import type { RuleSubject } from "./subject.ts";

const noon = Date.parse("2026-03-10T12:00:00Z");
const minuteMs = 60_000;
const accounts = ["any", "none", "all"] as const;
const ruleOf = (account: (typeof accounts)[number]): CompiledRule => {
  const node: RuleNode = { event: { name: "ping", window: { last: "1h" }, account } };
  return compileRule(node, { catalog: exampleCatalog });
};

describe("a condition about the members of accounts", () => {
  it("judges members that many profiles share once", () => {
    const rule = ruleOf("any");
    let reads = 0;
    const member: RuleSubject = {
      eventTimes: () => {
        reads += 1;
        return [];
      },
    };
    const shared = Array.from({ length: 50 }, () => member);
    for (let profile = 0; profile < 100; profile += 1) {
      const subject: RuleSubject = { accountMembers: () => shared };
      expect(rule.test(subject, noon)).toBe(false);
      expect(rule.nextChangeAt(subject, noon)).toBeNull();
    }
    // A member is read to be judged and to know when that changes, not for each of the hundred.
    expect(reads).toBeLessThanOrEqual(2 * shared.length);
    rule.test({ accountMembers: () => shared }, noon + 1);
    expect(reads).toBeGreaterThan(2 * shared.length);
  });

  it("waits for the last member that keeps it as it is, and is never too late", () => {
    const members = (...times: readonly (readonly number[])[]): RuleSubject => {
      const all = times.map((own): RuleSubject => ({ eventTimes: () => own }));
      return { accountMembers: () => all };
    };
    const two = members([noon], [noon - 30 * minuteMs]);
    expect(ruleOf("any").nextChangeAt(two, noon)).toBe(noon + 60 * minuteMs + 1);
    expect(ruleOf("none").nextChangeAt(two, noon)).toBe(noon + 60 * minuteMs + 1);
    expect(ruleOf("all").nextChangeAt(two, noon)).toBe(noon + 30 * minuteMs + 1);
    expect(ruleOf("all").nextChangeAt(members([noon], []), noon)).toBeNull();
    let changes = 0;
    const times = fc.array(fc.integer({ min: -120, max: 60 }), { maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...accounts), fc.array(times, { maxLength: 4 }), (account, all) => {
        const sorted = all.map((own) => own.map((minutes) => noon + minutes * minuteMs).sort((a, b) => a - b));
        const walk = { from: noon, to: noon + 180 * minuteMs, stepMs: 5 * minuteMs };
        changes += expectNoChangeBetween(ruleOf(account), () => members(...sorted), walk);
      }),
      { numRuns: 300 },
    );
    expect(changes).toBeGreaterThan(50);
  });
});
