/** Random rules that reach every node, operator and window of the language, over few values, so that leaves often hold. */
import fc from "fast-check";
import {
  type AttributeCatalog,
  type AttributeType,
  createAttributeCatalog,
  operatorsByType,
} from "../../kernel/rules/attribute-catalog.ts";
import { standardAttributes } from "../../kernel/rules/standard-attributes.data.ts";
import {
  currencies,
  dates,
  durations,
  eventNames,
  instants,
  numbers,
  patterns,
  texts,
  versions,
  zones,
} from "./rule-values.data.ts";

const types: readonly AttributeType[] = [
  ...(["text", "key", "number", "money", "boolean", "date", "instant", "version", "list", "objects", "json"] as const),
];

/** `profile.a_<type>` and `profile.b_<type>` of every type, the same of products and carts, and the event's own. */
export const randomCatalog: AttributeCatalog = createAttributeCatalog([
  ...standardAttributes,
  ...["profile", "cart", "product"].flatMap((subject) =>
    types.flatMap((type) =>
      ["a", "b"].map((name) => ({ path: `${subject}.${name}_${type}`, type, label: `${subject} ${name} ${type}` })),
    ),
  ),
  { path: "profile.days", type: "number", label: "Days", daysSince: "profile.a_instant" },
  { path: "profile.home", type: "point", label: "Home" },
  { path: "event.properties.text", type: "text", label: "Text" },
  { path: "event.properties.key", type: "key", label: "Key" },
  { path: "event.properties.number", type: "number", label: "Number" },
  { path: "event.properties.money", type: "money", label: "Money" },
  { path: "event.properties.objects", type: "objects", label: "Objects" },
]);

const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(value, { minLength: 1, maxLength: 3 });
const money = fc.record({ minor: pick<number | string>([0, 100, 250, "33.33"]), currency: pick(currencies) });
const comparison = pick(["eq", "neq", "gt", "gte", "lt", "lte"]);
const count = fc.record({ op: comparison, value: fc.integer({ min: 0, max: 3 }) });

function literalOf(type: AttributeType): fc.Arbitrary<unknown> {
  switch (type) {
    case "text":
    case "key":
    case "list":
      return pick(texts);
    case "number":
      return pick(numbers);
    case "money":
      return money;
    case "boolean":
      return fc.boolean();
    case "date":
      return pick(dates);
    case "instant":
      return pick([...dates, ...instants]);
    case "version":
      return pick(versions);
    default:
      return fc.oneof(pick<unknown>(texts), pick<unknown>([0, 1, 3, 10, -3.5]), fc.boolean());
  }
}

type Path = { readonly path: string; readonly type: AttributeType };

function rightSide({ type }: Path, op: string, references: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  const of = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> =>
    value.map((each) => ({ value: each }));
  const literal = literalOf(type);
  switch (op) {
    case "exists":
    case "not_exists":
    case "is_true":
    case "is_false":
      return fc.constant({});
    case "in":
    case "not_in":
    case "contains_any":
    case "contains_all":
    case "not_contains_all":
      return of(fc.oneof(some(literal), fc.constant({ list: "shared" }), fc.constant({ list: "gone" })));
    case "between":
      return of(fc.tuple(literal, literal));
    case "within_last":
    case "within_next":
    case "before_last":
    case "after_next":
      return of(pick(durations));
    case "anniversary_within":
      return of(fc.integer({ min: 0, max: 8 }));
    case "regex":
    case "not_regex":
      return of(pick(patterns));
    case "type_is":
      return of(pick(["string", "number", "boolean", "object", "array"]));
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return of(type === "json" ? fc.oneof(pick<unknown>(texts), pick<unknown>([0, 3, 10])) : literal);
    default: {
      const reference = references.length > 0 ? pick(references).map((ref): unknown => ({ ref })) : literal;
      return of(fc.oneof({ weight: 4, arbitrary: literal }, { weight: 1, arbitrary: reference }));
    }
  }
}

/** One comparison of the given paths, every operator of their types among them. */
function attribute(
  paths: readonly Path[],
  references: (path: Path) => readonly string[] = () => [],
): fc.Arbitrary<unknown> {
  return pick(paths).chain((path) => {
    const operators = [...operatorsByType[path.type], "exists", "not_exists"];
    return pick(operators).chain((op) => {
      const where = fc.oneof(item("element"), fc.record({ all: some(item("element")) }));
      if (op === "any_match" || op === "none_match" || (op === "size" && path.type === "objects")) {
        const elements = path.type === "list" ? item("scalar") : where;
        const value = op === "size" ? count.map((each) => ({ value: each })) : fc.constant({});
        return fc.tuple(elements, value).map(([inner, more]) => leaf({ path: path.path, op, where: inner, ...more }));
      }
      if (op === "size") {
        const size = fc.oneof(fc.integer({ min: 0, max: 2 }), count);
        return size.map((value) => leaf({ path: path.path, op, value }));
      }
      const options = fc.record(
        { caseSensitive: fc.boolean(), timezone: pick(zones) },
        { requiredKeys: path.type === "date" || path.type === "instant" ? ["timezone"] : [] },
      );
      return fc
        .tuple(rightSide(path, op, references(path)), options)
        .map(([value, more]) => leaf({ path: path.path, op, ...value, ...more }));
    });
  });
}

function leaf(of: object): unknown {
  return { attribute: of };
}

function item(kind: "scalar" | "element"): fc.Arbitrary<unknown> {
  return kind === "scalar"
    ? attribute([{ path: "item", type: "text" }])
    : attribute([
        { path: "item.a", type: "json" },
        { path: "item.b", type: "json" },
      ]).filter((each) => !/any_match|none_match/.test(JSON.stringify(each)));
}

const ownPaths = (subject: string): readonly Path[] =>
  types.flatMap((type) => ["a", "b"].map((name) => ({ path: `${subject}.${name}_${type}`, type })));

const linePaths: readonly Path[] = [
  { path: "item.sku", type: "key" },
  { path: "item.qty", type: "number" },
  { path: "item.price", type: "money" },
  { path: "item.row_total", type: "money" },
  { path: "item.name", type: "text" },
  ...ownPaths("product").filter(({ type }) => type !== "objects" && type !== "json"),
];

export const eventPaths: readonly Path[] = [
  { path: "event.type", type: "key" },
  { path: "event.timestamp", type: "instant" },
  { path: "event.source", type: "key" },
  { path: "event.storeView", type: "key" },
  { path: "event.properties.text", type: "text" },
  { path: "event.properties.key", type: "key" },
  { path: "event.properties.number", type: "number" },
  { path: "event.properties.money", type: "money" },
  { path: "event.properties.objects", type: "objects" },
  { path: "event.properties.free", type: "json" },
  { path: "event.properties.free.a", type: "json" },
  { path: "event.context.device", type: "key" },
];

function grouped(leaves: fc.Arbitrary<unknown>, depth: number): fc.Arbitrary<unknown> {
  return fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: depth, depthSize: "small" },
      { weight: 4, arbitrary: leaves },
      { weight: 1, arbitrary: fc.array(tie("node"), { maxLength: 3 }).map((all) => ({ all })) },
      { weight: 1, arbitrary: fc.array(tie("node"), { maxLength: 3 }).map((any) => ({ any })) },
      { weight: 1, arbitrary: tie("node").map((not) => ({ not })) },
    ),
  })).node;
}

export const windows: fc.Arbitrary<unknown> = fc.oneof(
  pick(durations).map((last) => ({ last })),
  fc.constant({ between: ["1d", "1h"] }),
  pick(durations).map((before) => ({ before })),
  fc.record({
    calendar: pick(["day", "week", "month", "quarter", "year"]),
    offset: pick([0, -1, 1]),
    timezone: pick(zones),
  }),
  fc.record({ from: pick(dates.slice(0, 2)), timezone: pick(zones) }),
  fc.record({ to: pick(dates.slice(0, 2)), timezone: pick(zones) }),
  fc.constant({ since: "2026-03-10T09:00:00Z", until: "2026-03-10T12:00:00Z" }),
  fc.constant({ session: "30m" }),
);

function itemsLeaf(of: string, where: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const timed = of === "viewed" || of === "orders" || of === "ordered";
  const common = {
    where: grouped(where, 1),
    ...(timed ? { window: windows } : {}),
    ...(of === "orders" || of === "ordered" ? { statuses: some(pick(["complete", "Canceled", "placed"])) } : {}),
  };
  const measured = pick(
    of === "orders"
      ? ["count", "quantity", "amount", "average_quantity", "average_amount"]
      : ["count", "quantity", "amount"],
  );
  const byMatch = fc.record(
    { of: fc.constant(of), match: pick(["some", "none", "every"]), ...common },
    { requiredKeys: ["of", "match"] },
  );
  const byMeasure = measured.chain((measure) => {
    const value = measure.endsWith("amount") ? fc.oneof(money, some(money)) : pick<unknown>([0, 1, 2, "2.5"]);
    return fc.record(
      { of: fc.constant(of), measure: fc.constant(measure), op: comparison, value, ...common },
      { requiredKeys: ["of", "measure", "op", "value"] },
    );
  });
  return fc.oneof(byMatch, byMeasure).map((items) => ({ items }));
}

const line = attribute(linePaths);
const eventWhere = grouped(fc.oneof({ weight: 3, arbitrary: attribute(eventPaths) }, itemsLeaf("event", line)), 2);
const names = fc.oneof(pick(eventNames), fc.subarray([...eventNames], { minLength: 1, maxLength: 2 }));
const distinctPaths = [
  "event.properties.free",
  "event.properties.text",
  "event.properties.items.sku",
  "event.context.device",
];
const aggregate = fc.oneof(
  fc.record({
    fn: pick(["sum", "average", "min", "max"]),
    path: pick(["event.properties.number", "event.properties.items.qty", "event.properties.free"]),
    op: comparison,
    value: pick(numbers),
  }),
  fc.record({
    fn: pick(["sum", "average", "min", "max"]),
    path: pick(["event.properties.money", "event.properties.items.unitPrice"]),
    op: comparison,
    value: money,
  }),
);
const eventParts = { name: names, where: eventWhere, window: windows, account: pick(["any", "none", "all"]) };
const eventLeaf = fc
  .oneof(
    fc.record({ ...eventParts, count, distinct: pick(distinctPaths) }, { requiredKeys: ["name"] }),
    fc.record({ ...eventParts, aggregate }, { requiredKeys: ["name", "aggregate"] }),
  )
  // An account is a rare thing; without this half of all leaves would be about one.
  .chain((event) => fc.integer({ min: 0, max: 5 }).map((n) => (n === 0 ? event : without(event, "account"))))
  .map((event) => ({ event }));

function without(value: object, key: string): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}

const stepEvent = fc.record({ name: names, where: attribute(eventPaths) }, { requiredKeys: ["name"] });
const samePaths = ["event.properties.text", "event.properties.free", "event.context.device"];
const sequenceLeaf = fc
  .array(
    fc.record(
      {
        name: names,
        where: attribute(eventPaths),
        within: pick(durations),
        notBetween: fc.array(stepEvent, { minLength: 1, maxLength: 2 }),
        same: fc.array(fc.record({ step: fc.nat(3), path: pick(samePaths), otherPath: pick(samePaths) }), {
          maxLength: 2,
        }),
      },
      { requiredKeys: ["name"] },
    ),
    { minLength: 2, maxLength: 4 },
  )
  .chain((steps) => {
    const checked = steps.map((step, index) => {
      const { same = [], ...rest } = step;
      const earlier = same.filter((each) => each.step < index);
      return earlier.length > 0 ? { ...rest, same: earlier } : rest;
    });
    return fc
      .record({ steps: fc.constant(checked), window: windows }, { requiredKeys: ["steps"] })
      .map((sequence) => ({ sequence }));
  });

const orderPaths: readonly Path[] = [
  { path: "item.status", type: "key" },
  { path: "item.grand_total", type: "money" },
  { path: "item.shipping.country", type: "key" },
  { path: "item.at", type: "instant" },
];
const addressPaths: readonly Path[] = [
  { path: "item.city", type: "text" },
  { path: "item.default_billing", type: "boolean" },
];

const otherLeaf = fc.oneof(
  fc.constant({ everyone: true }),
  fc
    .record({ id: pick(["vip", "new"]), member: fc.boolean(), for: pick(durations) }, { requiredKeys: ["id"] })
    .map((audience) => ({ audience })),
  fc
    .record({ ids: fc.constant(["vip", "new"]), member: fc.boolean() }, { requiredKeys: ["ids"] })
    .map((audience) => ({ audience })),
  fc
    .record({ group: pick(["news", "tips"]), status: pick(["subscribed", "unsubscribed", "pending"]) })
    .map((subscription) => ({ subscription })),
  fc
    .record(
      {
        category: pick(["marketing", "analytics"]),
        status: pick(["granted", "denied", "unset"]),
        channel: fc.constant("email"),
      },
      { requiredKeys: ["category", "status"] },
    )
    .map((consent) => ({ consent })),
  fc
    .record(
      {
        id: pick(["welcome", "winback"]),
        state: pick(["active", "completed", "exited", "never"]),
        within: pick(durations),
      },
      { requiredKeys: ["id", "state"] },
    )
    .map((journey) => ({ journey })),
  fc
    .record(
      {
        channel: fc.constant("email"),
        event: pick(["sent", "delivered", "opened", "clicked", "bounced", "complained"]),
        count,
        window: windows,
      },
      { requiredKeys: ["channel", "event"] },
    )
    .map((message) => ({ message })),
  fc
    .record({ salt: fc.constant("s"), from: fc.constant(0), to: pick([0, 5000, 10_000]) })
    .map((bucket) => ({ bucket })),
  pick(["staff", "press"]).map((id) => ({ list: { id } })),
  pick([1, 900]).map((km) => ({ geo: { path: "profile.home", within: { lat: 48.85, lon: 2.35, km } } })),
);

const profilePaths: readonly Path[] = [...ownPaths("profile"), { path: "profile.days", type: "number" }];
const sameType = ({ path, type }: Path): readonly string[] =>
  path.startsWith("profile.") && type !== "objects"
    ? [`profile.b_${type}`, ...(type === "number" ? ["profile.days"] : [])]
    : [];
const cartPaths = ownPaths("cart").filter(({ type }) => type === "number" || type === "money" || type === "key");

/** Leaves over events: counts, distinct values, aggregates, sequences. */
export const eventLeaves: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: eventLeaf },
  { weight: 2, arbitrary: sequenceLeaf },
);

/** Leaves over everything else that a profile has. */
export const profileLeaves: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: attribute(profilePaths, sameType) },
  { weight: 1, arbitrary: attribute(cartPaths) },
  { weight: 2, arbitrary: otherLeaf },
  {
    weight: 2,
    arbitrary: pick(["cart", "wishlist", "viewed", "ordered"]).chain((of) =>
      itemsLeaf(of, of === "cart" || of === "ordered" ? line : attribute([{ path: "item.sku", type: "key" }])),
    ),
  },
  { weight: 1, arbitrary: itemsLeaf("orders", attribute(orderPaths)) },
  { weight: 1, arbitrary: itemsLeaf("addresses", attribute(addressPaths)) },
);

/** A whole rule of an audience. */
export const arbitraryRule: fc.Arbitrary<unknown> = grouped(
  fc.oneof({ weight: 3, arbitrary: eventLeaves }, { weight: 2, arbitrary: profileLeaves }),
  3,
);
