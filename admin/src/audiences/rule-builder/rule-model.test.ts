import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../api/shapes.ts";
import type { ConditionNode } from "./rule-model.ts";
import { toModel } from "./to-model.ts";
import { toRule } from "./to-rule.ts";

const text = fc.string({ minLength: 1, maxLength: 8 });
const comparison = fc.constantFrom("eq", "neq", "gt", "gte", "lt", "lte");
const duration = fc
  .tuple(fc.integer({ min: 1, max: 99 }), fc.constantFrom("m", "h", "d", "w"))
  .map(([n, unit]) => `${n}${unit}`);
const literal = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc.record({ minor: fc.integer(), currency: fc.constant("USD") }),
);
const value = fc.oneof(
  literal,
  fc.array(literal, { maxLength: 3 }),
  fc.constant({ ref: "matched.brand", percent: 80 }),
  fc.constant({ list: "vips" }),
);
const windows = fc.oneof(
  fc.record({ last: duration }),
  fc.record({ between: fc.tuple(duration, duration) }),
  fc.record({ from: fc.constant("2026-01-01"), timezone: fc.constant("UTC") }),
  fc.record({
    calendar: fc.constantFrom("day", "month"),
    offset: fc.integer({ min: -3, max: 0 }),
    timezone: fc.constant("UTC"),
  }),
);

/** Random rules over the whole grammar, those parts included that the builder has no form for. */
const { rule } = fc.letrec<{ rule: JsonObject; leaf: JsonObject; step: JsonObject }>((tie) => {
  const where = fc.option(tie("rule"), { nil: undefined });
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const node = (name: string, members: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record(members).map((leaf) => ({ [name]: withoutAbsent(leaf) }) as JsonObject);
  const names = fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 3 }));
  const plain = (members: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record(members).map((step) => withoutAbsent(step) as JsonObject);
  return {
    step: plain({
      name: names,
      where,
      within: optional(duration),
      notBetween: optional(fc.array(plain({ name: names, where }), { minLength: 1, maxLength: 2 })),
      same: optional(
        fc.array(fc.record({ step: fc.nat(3), path: text, otherPath: text }), { minLength: 1, maxLength: 2 }),
      ),
    }),
    leaf: fc.oneof(
      node("attribute", {
        path: fc.constantFrom("profile.gender", "item", "event.properties.a\\.b"),
        op: fc.constantFrom("eq", "in", "exists", "any_match"),
        value: optional(value),
        where,
        caseSensitive: optional(fc.constant(true)),
        timezone: optional(fc.constant("UTC")),
      }),
      node("event", {
        name: fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 3 })),
        where,
        window: optional(windows),
        count: optional(fc.record({ op: comparison, value: fc.nat(9) })),
        distinct: optional(text),
        account: optional(fc.constantFrom("any", "all")),
      }),
      node("event", {
        name: text,
        aggregate: fc.record({ fn: fc.constant("sum"), path: text, op: comparison, value: fc.integer() }),
      }),
      node("items", {
        of: fc.constantFrom("cart", "orders"),
        match: fc.constantFrom("some", "none", "every"),
        where,
        window: optional(windows),
      }),
      node("items", {
        of: fc.constant("orders"),
        measure: fc.constantFrom("count", "amount"),
        op: comparison,
        value,
        where,
        statuses: optional(fc.array(text)),
      }),
      node("audience", { id: text, member: optional(fc.boolean()), for: optional(duration) }),
      node("audience", { ids: fc.array(text, { minLength: 2, maxLength: 3 }), member: optional(fc.boolean()) }),
      node("sequence", { steps: fc.array(node("x", {}), { maxLength: 2 }) }),
      node("sequence", { steps: fc.array(tie("step"), { minLength: 1, maxLength: 3 }), window: optional(windows) }),
      node("consent", { category: text, status: fc.constant("granted"), channel: optional(text) }),
      node("subscription", { group: text, status: fc.constant("pending") }),
      node("journey", { id: text, state: fc.constant("active"), within: optional(duration) }),
      node("message", {
        channel: text,
        event: fc.constant("opened"),
        count: optional(fc.record({ op: comparison, value: fc.nat(9) })),
        window: optional(windows),
      }),
      node("bucket", { salt: text, from: fc.nat(100), to: fc.nat(100) }),
      node("list", { id: text }),
      node("geo", { path: text, within: fc.record({ lat: fc.integer(), lon: fc.integer(), km: fc.nat() }) }),
      node("geo", { path: text, within: fc.record({ lat: fc.integer(), radius: fc.integer() }) }),
      fc.constant({ everyone: true } as JsonObject),
    ),
    rule: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      tie("leaf"),
      fc.array(tie("rule"), { maxLength: 3 }).map((all) => ({ all }) as JsonObject),
      fc.array(tie("rule"), { maxLength: 3 }).map((any) => ({ any }) as JsonObject),
      tie("rule").map((not) => ({ not }) as JsonObject),
    ),
  };
});

function withoutAbsent(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined));
}

/**
 * One spelling for rules that mean the same: defaults left out, groups of one unwrapped, an empty group and everyone
 * as an empty `all`. Written from the grammar, not from the builder.
 */
function normal(input: Json): Json {
  if (Array.isArray(input)) return input.map(normal);
  if (typeof input !== "object" || input === null) return input;
  const { all, any, not, everyone, event, audience } = input as Record<string, Json>;
  if (everyone === true) return { all: [] };
  if (Array.isArray(all)) return all.length === 1 ? normal(all[0]!) : { all: all.map(normal) };
  if (Array.isArray(any) && any.length === 0) return { all: [] };
  if (Array.isArray(any)) return any.length === 1 ? normal(any[0]!) : { any: any.map(normal) };
  if (not !== undefined) return { not: normal(not) };
  const members = Object.fromEntries(Object.entries(input).map(([name, member]) => [name, normalLeaf(name, member)]));
  const { sequence } = input as { sequence?: { steps: Record<string, Json>[] } };
  if (sequence?.steps) members["sequence"] = { ...sequence, steps: sequence.steps.map(normalStep) } as Json;
  if (event !== undefined) members["event"] = withoutDefault(members["event"], "count", { op: "gte", value: 1 });
  if (audience !== undefined) members["audience"] = withoutDefault(members["audience"], "member", true);
  return members as Json;
}

function normalStep(step: Json): Json {
  const { notBetween, ...event } = normalLeaf("step", step) as Record<string, Json>;
  return Array.isArray(notBetween) ? { ...event, notBetween: notBetween.map(normalStep) } : (event as Json);
}

function normalLeaf(name: string, leaf: Json): Json {
  if (typeof leaf !== "object" || leaf === null || Array.isArray(leaf)) return leaf;
  const entries = Object.entries(leaf).flatMap(([key, member]): [string, Json][] => {
    if (key !== "where") return [[key, member]];
    const where = normal(member);
    // A condition that everything satisfies restricts nothing.
    return JSON.stringify(where) === '{"all":[]}' && name !== "attribute" ? [] : [[key, where]];
  });
  return Object.fromEntries(entries);
}

function withoutDefault(leaf: Json | undefined, key: string, standard: Json): Json {
  const { [key]: member, ...others } = leaf as Record<string, Json>;
  return member === undefined || JSON.stringify(member) === JSON.stringify(standard)
    ? others
    : { ...others, [key]: member };
}

const kindsOf = (node: ConditionNode): readonly string[] =>
  node.kind === "group" ? [node.kind, ...node.children.flatMap(kindsOf)] : [node.kind];

describe("rule builder model", () => {
  it("gives back a rule that means the same, whatever the rule", () => {
    fc.assert(
      fc.property(rule, (before) => {
        expect(normal(toRule(toModel(before)))).toEqual(normal(before));
      }),
      { numRuns: 2000 },
    );
  });

  it("changes nothing more the second time", () => {
    fc.assert(
      fc.property(rule, (before) => {
        const once = toRule(toModel(before));
        expect(toRule(toModel(once))).toEqual(once);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["attribute", { attribute: { path: "profile.group", op: "not_in", value: ["wholesale", "retailer"] } }],
    [
      "event",
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
      "items",
      {
        items: {
          of: "orders",
          measure: "amount",
          op: "gte",
          value: { minor: 10000, currency: "USD" },
          window: { last: "30d" },
          statuses: ["complete"],
        },
      },
    ],
    ["audience", { audience: { id: "vip", for: "30d" } }],
    [
      "sequence",
      {
        sequence: {
          steps: [
            { name: "addToCart" },
            {
              name: "startCheckout",
              within: "1h",
              notBetween: [{ name: "removeFromCart" }],
              same: [{ step: 0, path: "event.properties.cartId", otherPath: "event.properties.cartId" }],
            },
          ],
          window: { last: "30d" },
        },
      },
    ],
    [
      "event",
      {
        event: {
          name: "orderPlaced",
          aggregate: { fn: "sum", path: "event.properties.orderTotal", op: "gte", value: 5 },
          account: "any",
        },
      },
    ],
    ["attribute", { attribute: { path: "product.brand", op: "eq", value: { ref: "matched.brand", percent: 80 } } }],
    ["attribute", { attribute: { path: "profile.group", op: "in", value: { list: "trade" } } }],
    ["fields", { consent: { category: "marketing", status: "granted" } }],
    ["fields", { subscription: { group: "news", status: "pending" } }],
    ["fields", { journey: { id: "welcome", state: "active", within: "30d" } }],
    ["fields", { message: { channel: "email", event: "clicked", count: { op: "eq", value: 0 } } }],
    ["fields", { bucket: { salt: "welcome", from: 0, to: 1000 } }],
    ["fields", { list: { id: "staff" } }],
    ["fields", { geo: { path: "profile.place", within: { lat: 52.5, lon: 13.4, km: 20 } } }],
  ])("has a form for a condition of the kind %s", (kind, condition) => {
    const model = toModel({ all: [condition as JsonObject] });
    expect(kindsOf(model)).toEqual(["group", kind]);
    expect(toRule(model)).toEqual({ all: [condition] });
  });

  it.each([
    [
      "a measure compared with another attribute",
      { items: { of: "orders", measure: "amount", op: "gte", value: { ref: "cart.subtotal" } } },
    ],
    ["a member it does not know", { event: { name: "pageView", soon: true } }],
    ["a sequence of what are no events", { sequence: { steps: [{ first: "addToCart" }] } }],
    ["a node it does not know", { weather: { is: "fine" } }],
    ["a place of another shape", { geo: { path: "profile.place", within: { country: "DE" } } }],
  ])("keeps %s word for word", (_what, condition) => {
    const model = toModel({ any: [condition as JsonObject] });
    expect(kindsOf(model)).toEqual(["group", "raw"]);
    expect(toRule(model)).toEqual({ any: [condition] });
  });

  it("draws a rule that is one condition as a group of one", () => {
    expect(kindsOf(toModel({ audience: { id: "vip" } }))).toEqual(["group", "audience"]);
  });

  it("reads everyone as a group without conditions", () => {
    expect(toModel({ everyone: true })).toMatchObject({ kind: "group", mode: "all", children: [] });
  });

  it("writes none of these as the complement of any of these", () => {
    const before = { not: { any: [{ audience: { id: "vip" } }, { audience: { id: "staff" } }] } };
    expect(toModel(before)).toMatchObject({ mode: "none" });
    expect(toRule(toModel(before))).toEqual(before);
  });

  it("drops a condition on the item once its last part is taken away", () => {
    const model = toModel({ event: { name: "addToCart", where: { all: [] } } });
    expect(toRule(model)).toEqual({ all: [{ event: { name: "addToCart" } }] });
  });

  it("gives every node its own id", () => {
    const ids: string[] = [];
    const visit = (node: ConditionNode) => {
      ids.push(node.id);
      if (node.kind === "group") node.children.forEach(visit);
    };
    visit(toModel({ all: [{ any: [{ audience: { id: "a" } }] }, { audience: { id: "a" } }] }));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
