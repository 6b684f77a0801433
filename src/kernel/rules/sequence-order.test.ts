import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noon, ruleOf, subjectWithEvents } from "../../testing/rules/subjects.ts";
import type { RuleEvent } from "./event-leaf-spec.ts";
import { insertLeafRows, mergeLeafRows } from "./leaf-rows.ts";

const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const types = ["pageView", "addToCart", "removeFromCart"];

type Step = {
  readonly name: string;
  readonly within?: string;
  readonly notBetween?: readonly { readonly name: string }[];
  readonly same?: readonly { readonly step: number; readonly path: string; readonly otherPath: string }[];
};

/** Two milliseconds, two times of receipt: most events share both with others. */
const drawnEvents = fc
  .uniqueArray(
    fc.record({
      type: pick(types),
      timestamp: pick([noon - 3000, noon - 2999, noon]),
      delay: pick([0, 0, 7]),
      messageId: fc.oneof(
        fc.nat(30).map((n) => `m-${n}`),
        fc.string({ minLength: 1, maxLength: 5, unit: "grapheme" }).filter((id) => Buffer.byteLength(id) <= 12),
      ),
      cartId: pick(["a", "b", undefined]),
    }),
    { minLength: 4, maxLength: 10, selector: ({ messageId }) => messageId.replaceAll("\0", "") },
  )
  .map((all) =>
    all.map(
      ({ type, timestamp, delay, messageId, cartId }): RuleEvent => ({
        type,
        timestamp,
        receivedAt: timestamp + delay,
        messageId: messageId.replaceAll("\0", "") || "empty",
        source: "web",
        properties: { cartId },
        context: {},
      }),
    ),
  );
const path = "event.properties.cartId";
const drawnSteps = fc
  .array(
    fc.record(
      {
        name: pick(types),
        within: pick(["2s", "3s"]),
        notBetween: fc.constant([{ name: "removeFromCart" }]),
        same: fc.constant([{ step: 0, path, otherPath: path }]),
      },
      { requiredKeys: ["name"] },
    ),
    { minLength: 2, maxLength: 3 },
  )
  .map((steps) => steps.map(({ same, ...step }, at): Step => (at > 0 && same ? { ...step, same } : step)));

function isBefore(a: RuleEvent, b: RuleEvent): boolean {
  const difference = a.timestamp - b.timestamp || Number(a["receivedAt"]) - Number(b["receivedAt"]);
  if (difference !== 0) return difference < 0;
  return Buffer.compare(Buffer.from(String(a["messageId"])), Buffer.from(String(b["messageId"]))) < 0;
}

const cartOf = (event: RuleEvent | undefined): unknown => (event?.["properties"] as { cartId?: unknown })?.cartId;

/** Every choice of events is tried. */
function holdsByTrial(steps: readonly Step[], events: readonly RuleEvent[], chosen: readonly RuleEvent[]): boolean {
  const step = steps[chosen.length];
  if (!step) return true;
  const previous = chosen.at(-1);
  return events.some((event) => {
    if (event.type !== step.name) return false;
    if (previous) {
      if (!isBefore(previous, event)) return false;
      if (step.within && event.timestamp - previous.timestamp > Number(step.within.slice(0, 1)) * 1000) return false;
      const forbidden = (step.notBetween ?? []).map(({ name }) => name);
      const isDisturbed = events.some(
        (each) => forbidden.includes(each.type) && isBefore(previous, each) && isBefore(each, event),
      );
      if (isDisturbed) return false;
    }
    const isSame = (step.same ?? []).every(
      (same) => cartOf(event) !== undefined && cartOf(event) === cartOf(chosen[same.step]),
    );
    return isSame && holdsByTrial(steps, events, [...chosen, event]);
  });
}

describe("events of one millisecond", () => {
  it("follow each other by time of receipt, then by message id, in sequences of any shape and whatever the order of arrival", () => {
    let held = 0;
    const runs = process.env["CLIENTELE_TEST_LONG"] ? 30_000 : 3_000;
    fc.assert(
      fc.property(drawnSteps, drawnEvents, fc.nat(9), (steps, events, cut) => {
        const rule = ruleOf({ sequence: { steps } });
        const expected = holdsByTrial(steps, events, []);
        held += expected ? 1 : 0;
        expect(rule.test(subjectWithEvents(rule, events), noon)).toBe(expected);
        // Two profiles, each event in its place as it arrives, then joined.
        const rows = new Map(
          rule.eventLeaves.map((leaf) => {
            const grown = (own: readonly RuleEvent[]): readonly number[] =>
              own.reduce<readonly number[]>((all, event) => {
                const added = leaf.rowsOf(event, {});
                return added.length === 0 ? all : insertLeafRows(all, added, leaf.stride);
              }, []);
            return [leaf.hash, mergeLeafRows(leaf.hash, grown(events.slice(0, cut)), grown(events.slice(cut)))];
          }),
        );
        expect(rule.test({ eventTimes: (hash) => rows.get(hash) ?? [] }, noon)).toBe(expected);
      }),
      { numRuns: runs },
    );
    expect(held / runs).toBeGreaterThan(0.1);
    expect(held / runs).toBeLessThan(0.9);
  }, 120_000);

  it("have an order also when their ids differ only at the end", () => {
    const rule = ruleOf({ sequence: { steps: [{ name: "pageView" }, { name: "addToCart" }] } });
    const of = (type: string, messageId: string): RuleEvent => ({ type, timestamp: noon, receivedAt: noon, messageId });
    const [a, b] = ["018f3c2a-1b2c-7000-8000-000000000001", "018f3c2a-1b2c-7000-8000-000000000002"];
    const holds = (first: string, second: string): boolean =>
      rule.test(subjectWithEvents(rule, [of("pageView", first), of("addToCart", second)]), noon);
    expect(holds(a, b)).not.toBe(holds(b, a));
    expect(holds(a, a)).toBe(false);
  });
});
