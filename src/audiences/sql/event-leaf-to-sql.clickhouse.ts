/**
 * Event leaves and sequences as aggregates over the events of one profile, and a test of those aggregates. The query
 * reads every event once, whatever the number of leaves.
 */
import {
  type CompiledWindow,
  compileWindow,
  createFrame,
  decimalText,
  type EventLeaf,
  keptLeafRows,
  parseDuration,
  parsePath,
  type RuleNode,
  type SequenceLeaf,
  toAmount,
  toDecimalNumber,
} from "../../kernel/rules/index.ts";
import {
  type ConditionContext,
  codeOfJson,
  conditionToSql,
  eventValue,
  linesSql,
  valueOfLine,
} from "./condition-to-sql.clickhouse.ts";
import { folded, isObjectValue, isString, type JsonValue, numericOf, stringOfJson } from "./json-value.clickhouse.ts";
import { factorsTo } from "./operator-to-sql.clickhouse.ts";
import { decimalLiteral } from "./sql-parameters.clickhouse.ts";

/** What the leaves ask of the query. Names are those of its columns. */
export type EventColumns = {
  readonly nowMs: number;
  /** A flag of events: 1 when name and condition fit. */
  readonly matcher: (names: readonly string[], where: string) => string;
  /** A value computed for each event. */
  readonly value: (expression: string) => string;
  /** An aggregate over the events of a profile. */
  readonly aggregate: (expression: string) => string;
  /** Level `n` is computed from levels below it. */
  readonly step: (level: number, expression: string) => string;
  /** Events from this time on are needed, ms. */
  readonly needsFrom: (ms: number) => void;
};

type Bounds = { readonly low: number; readonly high: number };

const earliest = -62_135_596_800_000;

/** Bounds at now; a session is a matter of the profile. */
function boundsOf(window: EventLeaf["window"], columns: EventColumns, context: ConditionContext): Bounds | undefined {
  if (window && "session" in window) return undefined;
  const compiled: CompiledWindow | undefined = compileWindow(window, context.environment.timezone ?? "UTC");
  if (!compiled) return undefined;
  const frame = createFrame();
  frame.now = columns.nowMs;
  const low = Math.max(compiled.low(frame), earliest);
  columns.needsFrom(low);
  return { low, high: Math.max(compiled.high(frame), earliest) };
}

function matcherOf(
  name: EventLeaf["name"],
  where: RuleNode | undefined,
  columns: EventColumns,
  context: ConditionContext,
): string | undefined {
  const condition = where === undefined ? "1" : conditionToSql(where, context);
  return condition === undefined ? undefined : columns.matcher(typeof name === "string" ? [name] : name, condition);
}

const signs = { eq: "=", neq: "!=", gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;

/** @returns an expression over the columns; undefined when the leaf is not exactly so in SQL */
export function eventLeafToSql(leaf: EventLeaf, columns: EventColumns, context: ConditionContext): string | undefined {
  if (leaf.account !== undefined) return undefined;
  const bounds = boundsOf(leaf.window, columns, context);
  const matcher = bounds && matcherOf(leaf.name, leaf.where, columns, context);
  if (!bounds || matcher === undefined) return undefined;
  const { parameters } = context;
  const counted = `${matcher} and at >= ${parameters.bind("Int64", bounds.low)} and at <= ${parameters.bind("Int64", bounds.high)}`;
  if (leaf.aggregate) return aggregateToSql(leaf.aggregate, counted, columns, context);
  const { op, value } = leaf.count ?? { op: "gte", value: 1 };
  const limit = parameters.bind("Int64", value);
  if (leaf.distinct === undefined) return `${columns.aggregate(`countIf(${counted})`)} ${signs[op]} ${limit}`;
  const codes = valuesOf(leaf.distinct, context, codeOf);
  if (codes === undefined) return undefined;
  const column = columns.value(`arrayFilter(code -> code != '', ${codes})`);
  return `${columns.aggregate(`uniqExactArrayIf(${column}, ${counted})`)} ${signs[op]} ${limit}`;
}

const codeOf = (value: JsonValue): string => codeOfJson(value, (text) => folded(text, false));

/** The values at a path, one for each product line where the path steps through the lines. */
function valuesOf(path: string, context: ConditionContext, read: (value: JsonValue) => string): string | undefined {
  const parsed = parsePath(path);
  if (parsed?.subject !== "event") return undefined;
  const [first = "", ...keys] = parsed.keys;
  if (first !== "properties" && first !== "context") return undefined;
  if (first === "properties" && keys[0] === "items" && keys.length > 1) {
    const line = valueOfLine(keys.slice(1), { sql: "line0", kind: "line", depth: 0 }, context.parameters);
    return `arrayMap(line0 -> ${read(line)}, ${linesSql(context)})`;
  }
  return `[${read(eventValue(first, keys, context))}]`;
}

function aggregateToSql(
  aggregate: NonNullable<EventLeaf["aggregate"]>,
  counted: string,
  columns: EventColumns,
  context: ConditionContext,
): string | undefined {
  const money = toAmount(aggregate.value);
  const limit = money ? money.minor : toDecimalNumber(aggregate.value);
  const literal = limit === undefined ? undefined : decimalLiteral(decimalText(limit), context.parameters);
  const read = money ? moneyCell(money.currency, context) : numberCell;
  const numbers = literal && valuesOf(aggregate.path, context, read);
  if (!literal || numbers === undefined) return undefined;
  const present = `arrayMap(n -> assumeNotNull(n), arrayFilter(n -> isNotNull(n), ${numbers}))`;
  const column = columns.value(present);
  const count = columns.aggregate(`sumIf(length(${column}), ${counted})`);
  const fn = { sum: "sum", average: "sum", min: "min", max: "max" }[aggregate.fn];
  const total = columns.aggregate(`${fn}ArrayIf(${column}, ${counted})`);
  // An average is compared as sum against value times count: nothing is rounded.
  const right = aggregate.fn === "average" ? `${literal} * ${count}` : literal;
  const positive = aggregate.op === "neq" ? "eq" : aggregate.op;
  const holds = `(${count} > 0 and ${total} ${signs[positive]} ${right})`;
  return aggregate.op === "neq" ? `(not ${holds})` : holds;
}

/** Of an amount of money its minor units, as the rows of a leaf hold it. */
function numberCell(value: JsonValue): string {
  const { minor, currency } = amountParts(value);
  return `if(${isObjectValue(value)}, if(${isString(currency)}, ${numericOf(minor)}, null), ${numericOf(value)})`;
}

function amountParts({ base, keys }: JsonValue): { readonly minor: JsonValue; readonly currency: JsonValue } {
  return { minor: { base, keys: [...keys, "'minor'"] }, currency: { base, keys: [...keys, "'currency'"] } };
}

function moneyCell(target: string, context: ConditionContext): (value: JsonValue) => string {
  const { currencies, factors } = factorsTo(target, {
    parameters: context.parameters,
    rateOf: context.environment.rateOf,
  });
  return (value) => {
    const { minor, currency } = amountParts(value);
    const place = `indexOf(${currencies}, ${stringOfJson(currency)})`;
    const factor = `toDecimal256OrNull(arrayElement(${factors}, ${place}), 20)`;
    // Wider products would overflow; no shop has an amount of 10^18 cents.
    const number = `if(abs(${numericOf(minor)}) <= 1e18, ${numericOf(minor)}, null)`;
    return `if(${isObjectValue(value)} and ${place} > 0, toDecimal256OrNull(toString(${number} * ${factor}), 20), null)`;
  };
}

type Step = SequenceLeaf["steps"][number];

/** When an event was, down to its place within the millisecond; the same order as `event-order.ts` of the rule language. */
function placeOf(columns: EventColumns): string {
  const id = "events.event_id";
  const hash = `substring(SHA256(concat(events.source_id, '\\0', ${id})), 1, 3)`;
  return columns.value(
    `tuple(toUnixTimestamp64Milli(events.ts), toUnixTimestamp64Milli(events.received_at), substring(${id}, 1, 12), ${hash})`,
  );
}

/** Paths of a step that it or a later step compares, in the order in which its rows hold them. */
function pathsOf(steps: readonly Step[], index: number): readonly string[] {
  const own = steps[index]?.same?.map(({ path }) => path) ?? [];
  const asked = steps.flatMap(({ same }) => same?.filter(({ step }) => step === index) ?? []);
  return [...new Set([...own, ...asked.map(({ otherPath }) => otherPath)])];
}

type Kept = { readonly step: number; readonly path: string };

/** Values of earlier steps that steps after `index` still compare with. */
function keptAfter(steps: readonly Step[], index: number): readonly Kept[] {
  const kept = new Map<string, Kept>();
  for (const { same } of steps.slice(index + 1)) {
    for (const { step, otherPath } of same ?? []) {
      if (step <= index) kept.set(`${step} ${otherPath}`, { step, path: otherPath });
    }
  }
  return [...kept.values()];
}

/**
 * Each level holds the ways to fill the steps so far: the place of the last one and the values that later steps compare.
 */
export function sequenceToSql(
  leaf: SequenceLeaf,
  columns: EventColumns,
  context: ConditionContext,
): string | undefined {
  const bounds = boundsOf(leaf.window, columns, context);
  if (!bounds) return undefined;
  const { steps } = leaf;
  const { parameters } = context;
  let ways: string | undefined;
  for (const [index, step] of steps.entries()) {
    const rows = rowsOfStep(step, pathsOf(steps, index), bounds, columns, context);
    const clear = rows && isClear(step, columns, context);
    if (rows === undefined || clear === undefined) return undefined;
    const kept = keptAfter(steps, index);
    if (ways === undefined) {
      ways = columns.step(index, `arrayMap(r -> (r.1, ${valuesKept(kept, steps, index)}), ${rows})`);
      continue;
    }
    const withinMs = step.within === undefined ? undefined : parseDuration(step.within);
    if (step.within !== undefined && withinMs === undefined) return undefined;
    const gap = withinMs === undefined ? "" : ` and r.1.1 - w.1.1 <= ${parameters.bind("Int64", withinMs)}`;
    const fits = `w.1 < r.1${gap}${clear}${sameValues(step, steps, index)}`;
    ways = columns.step(index, nextWays(rows, ways, fits, kept, steps, index));
  }
  return ways === undefined ? undefined : `notEmpty(${ways})`;
}

function nextWays(
  rows: string,
  ways: string,
  fits: string,
  kept: readonly Kept[],
  steps: readonly Step[],
  index: number,
): string {
  // Without values to carry on, one way to an event is as good as another.
  if (kept.length === 0) {
    return `arrayMap(r -> (r.1, emptyArrayString()), arrayFilter(r -> arrayExists(w -> ${fits}, ${ways}), ${rows}))`;
  }
  const next = `arrayMap(w -> (r.1, ${valuesKept(kept, steps, index)}), arrayFilter(w -> ${fits}, ${ways}))`;
  return `arrayDistinct(arrayFlatten(arrayMap(r -> ${next}, ${rows})))`;
}

/** `w.2` holds what was kept before this step, `r.2` the values of this one. */
function valuesKept(kept: readonly Kept[], steps: readonly Step[], index: number): string {
  if (kept.length === 0) return "emptyArrayString()";
  const before = keptAfter(steps, index - 1);
  const parts = kept.map(({ step, path }) =>
    step === index
      ? `r.2[${pathsOf(steps, index).indexOf(path) + 1}]`
      : `w.2[${before.findIndex((each) => each.step === step && each.path === path) + 1}]`,
  );
  return `[${parts.join(", ")}]`;
}

function sameValues(step: Step, steps: readonly Step[], index: number): string {
  const before = keptAfter(steps, index - 1);
  const own = pathsOf(steps, index);
  return (step.same ?? [])
    .map(({ step: other, path, otherPath }) => {
      const right = `r.2[${own.indexOf(path) + 1}]`;
      const left = `w.2[${before.findIndex((each) => each.step === other && each.path === otherPath) + 1}]`;
      return ` and ${right} != '' and ${right} = ${left}`;
    })
    .join("");
}

function rowsOfStep(
  step: Step,
  paths: readonly string[],
  bounds: Bounds,
  columns: EventColumns,
  context: ConditionContext,
): string | undefined {
  const matcher = matcherOf(step.name, step.where, columns, context);
  const values = paths.map((path) => singleValue(path, context));
  if (matcher === undefined || values.some((value) => value === undefined)) return undefined;
  const column = values.length === 0 ? "emptyArrayString()" : columns.value(`[${values.join(", ")}]`);
  const rows = columns.aggregate(
    `arraySlice(arraySort(groupArrayIf((${placeOf(columns)}, ${column}), ${matcher})), -${keptLeafRows})`,
  );
  const { parameters } = context;
  return `arrayFilter(r -> r.1.1 >= ${parameters.bind("Int64", bounds.low)} and r.1.1 <= ${parameters.bind("Int64", bounds.high)}, ${rows})`;
}

/** A path through the product lines has several values; which of them would have to be equal, the language does not say. */
function singleValue(path: string, context: ConditionContext): string | undefined {
  const keys = parsePath(path)?.keys ?? [];
  if (keys[0] === "properties" && keys[1] === "items" && keys.length > 2) return undefined;
  const values = valuesOf(path, context, codeOf);
  return values?.slice(1, -1);
}

/** That nothing forbidden lies strictly between the way so far and this event. */
function isClear(step: Step, columns: EventColumns, context: ConditionContext): string | undefined {
  let sql = "";
  for (const { name, where } of step.notBetween ?? []) {
    const matcher = matcherOf(name, where, columns, context);
    if (matcher === undefined) return undefined;
    const places = columns.aggregate(
      `arraySlice(arraySort(groupArrayIf(${placeOf(columns)}, ${matcher})), -${keptLeafRows})`,
    );
    sql += ` and not arrayExists(b -> b > w.1 and b < r.1, ${places})`;
  }
  return sql;
}
