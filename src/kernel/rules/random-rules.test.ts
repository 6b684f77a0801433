import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryRule, randomCatalog } from "../../testing/rules/arbitrary-rule.ts";
import { type DrawnEvent, drawnEvent, drawnPerson, products } from "../../testing/rules/arbitrary-subject.ts";
import { noon } from "../../testing/rules/subjects.ts";
import { compileRule } from "./compile.ts";
import type { Explanation } from "./compiled.ts";
import type { RuleEnvironment } from "./environment.ts";
import type { RuleNode } from "./grammar.ts";
import { insertLeafRows, sortLeafRows } from "./leaf-rows.ts";
import type { RuleObject, RuleSubject } from "./subject.ts";
import { validateRule } from "./validate.ts";

const runs = process.env["CLIENTELE_TEST_LONG"] ? 10_000 : 800;
const hourMs = 3_600_000;

const environment: RuleEnvironment = {
  catalog: randomCatalog,
  listValues: (id) =>
    id === "shared" ? ["a", "10", 3, "ärger", { minor: 100, currency: "EUR" }, "2026-03-10"] : undefined,
  rateOf: (from, to) => rates[`${from} ${to}`],
};
const rates: Readonly<Record<string, string>> = { "EUR USD": "1.25", "USD EUR": "0.8", "JPY EUR": "0.0065" };

const person = fc.record({
  rule: arbitraryRule,
  stateAt: drawnPerson,
  facts: products,
  events: fc.array(drawnEvent, { maxLength: 12 }),
  members: fc.array(fc.array(drawnEvent, { maxLength: 3 }), { maxLength: 2 }),
});

type Leaves = ReturnType<typeof compileRule>["eventLeaves"];
type Context = { readonly productOf: (sku: string) => RuleObject | undefined };

/** The state as it grows event by event, in the order of arrival. */
function rowsAsTheyArrive(
  leaves: Leaves,
  events: readonly DrawnEvent[],
  context: Context,
): Map<string, readonly number[]> {
  const rows = new Map<string, readonly number[]>();
  for (const { event } of [...events].sort((a, b) => a.arrivedAt - b.arrivedAt)) {
    for (const leaf of leaves) {
      const added = leaf.rowsOf(event, context);
      if (added.length > 0) rows.set(leaf.hash, insertLeafRows(rows.get(leaf.hash) ?? [], added, leaf.stride));
    }
  }
  return rows;
}

/** The same state from all events at once. */
function rowsOfHistory(
  leaves: Leaves,
  events: readonly DrawnEvent[],
  context: Context,
): Map<string, readonly number[]> {
  return new Map(
    leaves.map((leaf) => {
      const all = events.flatMap(({ event }) => leaf.rowsOf(event, context));
      return [leaf.hash, sortLeafRows(all, leaf.stride)];
    }),
  );
}

function truthOf({ node, truth, children = [], broken }: Explanation): boolean {
  const truths = children.map(truthOf);
  if (node === "all") return truths.every(Boolean);
  if (node === "any") return truths.length === 0 || truths.some(Boolean);
  if (node === "not") return !truths[0] && !children.some(isBroken);
  return broken ? false : truth;
}

/** Every node of the rule is explained, in its place; every leaf says what it asks and what was seen. */
function expectReasons(rule: RuleNode, explanation: Explanation): void {
  const [[key, content] = ["", undefined]] = Object.entries(rule) as [string, unknown][];
  expect(explanation.node).toBe(key);
  expect(explanation.sentence.trim()).not.toBe("");
  const parts = key === "not" ? [content] : key === "all" || key === "any" ? content : undefined;
  if (Array.isArray(parts)) {
    expect(explanation.children).toHaveLength(parts.length);
    parts.forEach((part: RuleNode, at) => {
      const child = explanation.children?.[at];
      if (child) expectReasons(part, child);
    });
    return;
  }
  expect(explanation.children ?? []).toEqual([]);
  if (key !== "everyone" && !explanation.broken) expect(explanation.observed).not.toBeUndefined();
  // It is shown and stored as JSON.
  expect(() => JSON.stringify(explanation)).not.toThrow();
}

function isBroken({ broken, children = [] }: Explanation): boolean {
  return broken === true || children.some(isBroken);
}

describe("random rules over random people", () => {
  it("are accepted, explained as they are judged, and judged alike live and from the history", () => {
    let held = 0;
    fc.assert(
      fc.property(person, ({ rule: drawn, stateAt, facts, events, members }) => {
        const result = validateRule(drawn, { catalog: randomCatalog, use: "audience" });
        expect(result.ok ? [] : result.faults).toEqual([]);
        if (!result.ok) return;
        const rule = compileRule(result.rule, environment);
        const context = { productOf: (sku: string) => facts.get(sku) };
        const subjectOf = (rows: typeof rowsAsTheyArrive, nowMs: number): RuleSubject => {
          const own = rows(rule.eventLeaves, events, context);
          const ofMembers = members.map((each) => rows(rule.eventLeaves, each, context));
          return {
            ...stateAt(nowMs),
            ...context,
            eventTimes: (hash) => own.get(hash) ?? [],
            accountMembers: () => ofMembers.map((each) => ({ eventTimes: (hash) => each.get(hash) ?? [] })),
          };
        };
        const live = rule.test(subjectOf(rowsAsTheyArrive, noon), noon);
        expect(rule.test(subjectOf(rowsOfHistory, noon), noon)).toBe(live);
        const explanation = rule.explain(subjectOf(rowsAsTheyArrive, noon), noon);
        expect(explanation.truth).toBe(live);
        expect(truthOf(explanation)).toBe(live);
        expectReasons(result.rule, explanation);
        held += live ? 1 : 0;
        // A moving clock: nothing changes before the instant that the rule names.
        const next = rule.nextChangeAt(subjectOf(rowsOfHistory, noon), noon) ?? Number.POSITIVE_INFINITY;
        expect(next).toBeGreaterThan(noon);
        for (const now of instantsAfterNoon) {
          if (now < next) expect(rule.test(subjectOf(rowsOfHistory, now), now), `at +${now - noon} ms`).toBe(live);
        }
        if (next < noon + 400 * 24 * hourMs) {
          const before = next - 1;
          if (before > noon) expect(rule.test(subjectOf(rowsOfHistory, before), before)).toBe(live);
        }
      }),
      { numRuns: runs },
    );
    // Neither always true nor always false.
    expect(held / runs).toBeGreaterThan(0.15);
    expect(held / runs).toBeLessThan(0.85);
  }, 300_000);
});

const instantsAfterNoon: readonly number[] = [
  ...[1, 1000, 30 * 60_000 - 1, 30 * 60_000, 30 * 60_000 + 1],
  ...Array.from({ length: 30 }, (_, hours) => [
    noon + (hours + 1) * hourMs - 1,
    noon + (hours + 1) * hourMs,
    noon + (hours + 1) * hourMs + 1,
  ])
    .flat()
    .map((at) => at - noon),
  ...[2, 3, 5, 8, 13, 21, 34, 90, 366].flatMap((days) => [days * 24 * hourMs, days * 24 * hourMs + 1]),
].map((ms) => noon + ms);
