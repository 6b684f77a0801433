import { convertMinor, toAmount } from "./compare-number.ts";
import { type Judged, overAccount } from "./compile-account.ts";
import { brokenNode, type CompiledNode, type Explanation, type Scope } from "./compiled.ts";
import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimalText,
  multiplyDecimals,
  toDecimalNumber,
} from "./decimal.ts";
import { currencyOfCode, eventLeafOf } from "./event-leaf.ts";
import type { Column, EventLeafSpec } from "./event-leaf-spec.ts";
import type { Aggregate, Comparison, CountTest, EventLeaf, EventNames } from "./grammar.ts";
import { orderTest } from "./order.ts";
import { leafSentence, valueText } from "./sentences.ts";
import { type Frame, rowsOf } from "./subject.ts";
import { type CompiledWindow, compileWindow, nextCountChange, nextRowChange, rowsBefore } from "./window.ts";

/** Counts, distinct values and aggregates over the events of a window. */
export function compileEvent(leaf: EventLeaf, scope: Scope): CompiledNode {
  const window = compileWindow(leaf.window, scope.environment.timezone ?? "UTC");
  const { spec, broken } = eventLeafOf(leaf.name, leaf.where, columnsOf(leaf), scope);
  const judged = window && judge(leaf, spec, window, scope);
  const sentence = eventSentence(leaf, window?.words ?? "");
  if (broken || !judged) return brokenNode("event", `${sentence}: it names something that is gone`);
  if (leaf.account !== undefined) scope.usage.accountLeaves.add(spec.hash);
  const counted = overAccount(leaf.account, judged);
  return {
    test: counted.test,
    next: counted.next,
    explain: (frame) => explainEvent(leaf, sentence, counted.test(frame), counted.observed(frame)),
    broken: false,
  };
}

function columnsOf(leaf: EventLeaf): readonly Column[] {
  if (leaf.distinct !== undefined) return [{ kind: "code", path: leaf.distinct }];
  if (leaf.aggregate === undefined) return [];
  const isMoney = toAmount(leaf.aggregate.value) !== undefined;
  return [{ kind: isMoney ? "money" : "number", path: leaf.aggregate.path }];
}

function judge(leaf: EventLeaf, spec: EventLeafSpec, window: CompiledWindow, scope: Scope): Judged | undefined {
  if (leaf.aggregate) return judgeAggregate(leaf.aggregate, spec, window, scope);
  const holds = countTest(leaf.count);
  if (!holds) return undefined;
  if (leaf.distinct !== undefined) return judgeDistinct(spec, window, holds);
  const { hash } = spec;
  return judgeTimes(window, holds, (frame) => rowsOf(frame, hash));
}

/** A count over plain times; events and messages share it. */
export function judgeTimes(
  window: CompiledWindow,
  holds: (count: number) => boolean,
  timesOf: (frame: Frame) => readonly number[],
): Judged {
  const count = (frame: Frame): number => {
    const times = timesOf(frame);
    if (times.length === 0) return 0;
    return Math.max(0, rowsBefore(times, 1, window.high(frame), true) - rowsBefore(times, 1, window.low(frame), false));
  };
  return {
    test: (frame) => holds(count(frame)),
    next: (frame) => nextCountChange(frame, window, timesOf(frame), holds),
    observed: count,
  };
}

/** The default is "at least once". */
export function countTest(count: CountTest | undefined): ((count: number) => boolean) | undefined {
  const limit = count?.value ?? 1;
  const holds = orderTest(count?.op ?? "gte");
  return holds && ((value) => holds(value - limit));
}

function judgeDistinct(spec: EventLeafSpec, window: CompiledWindow, holds: (count: number) => boolean): Judged {
  const { hash, stride } = spec;
  const count = (frame: Frame): number => {
    const rows = rowsOf(frame, hash);
    const seen = new Set<number>();
    const end = rowsBefore(rows, stride, window.high(frame), true);
    for (let row = rowsBefore(rows, stride, window.low(frame), false); row < end; row += 1) {
      seen.add(rows[row * stride + 1] ?? 0);
    }
    return seen.size;
  };
  return {
    test: (frame) => holds(count(frame)),
    next: (frame) => nextRowChange(frame, window, rowsOf(frame, hash), stride),
    observed: count,
  };
}

function judgeAggregate(
  aggregate: Aggregate,
  spec: EventLeafSpec,
  window: CompiledWindow,
  scope: Scope,
): Judged | undefined {
  const { hash, stride } = spec;
  const money = toAmount(aggregate.value);
  const limit = money ? money.minor : toDecimalNumber(aggregate.value);
  // neq is the complement of eq, so it holds over nothing as well.
  const negative = aggregate.op === "neq";
  const holds = orderTest(negative ? "eq" : aggregate.op);
  if (limit === undefined || !holds) return undefined;
  const rateOf = scope.environment.rateOf;
  const cell = (rows: readonly number[], row: number): Decimal | undefined => {
    const minor = rows[row * stride + 1] ?? 0;
    if (!money) return minor;
    return convertMinor({ minor, currency: currencyOfCode(rows[row * stride + 2] ?? 0) }, money.currency, rateOf);
  };
  const fold = (frame: Frame): Folded => foldRows(frame, rowsOf(frame, hash), stride, window, aggregate.fn, cell);
  const positive = (frame: Frame): boolean => {
    const { value, count } = fold(frame);
    if (value === undefined) return false;
    const right = aggregate.fn === "average" ? multiplyDecimals(limit, count) : limit;
    return holds(compareDecimals(value, right));
  };
  return {
    test: negative ? (frame) => !positive(frame) : positive,
    next: (frame) => nextRowChange(frame, window, rowsOf(frame, hash), stride),
    observed: (frame) => {
      const { value, count } = fold(frame);
      return value === undefined ? null : { [aggregate.fn]: decimalText(value), of: count };
    },
  };
}

type Folded = { readonly value: Decimal | undefined; readonly count: number };

function foldRows(
  frame: Frame,
  rows: readonly number[],
  stride: number,
  window: CompiledWindow,
  fn: Aggregate["fn"],
  cell: (rows: readonly number[], row: number) => Decimal | undefined,
): Folded {
  let value: Decimal | undefined;
  let count = 0;
  const end = rowsBefore(rows, stride, window.high(frame), true);
  for (let row = rowsBefore(rows, stride, window.low(frame), false); row < end; row += 1) {
    const next = cell(rows, row);
    if (next === undefined) continue;
    count += 1;
    if (value === undefined) value = next;
    else if (fn === "sum" || fn === "average") value = addDecimals(value, next);
    else if (compareDecimals(next, value) > 0 === (fn === "max")) value = next;
  }
  return { value, count };
}

export function namesText(name: EventNames): string {
  return typeof name === "string" ? name : name.join(" or ");
}

const signs: Readonly<Record<Comparison, string>> = {
  eq: "exactly",
  neq: "not",
  gt: "more than",
  gte: "at least",
  lt: "fewer than",
  lte: "at most",
};

export function countWords(count: CountTest | undefined): string {
  return `${signs[count?.op ?? "gte"]} ${count?.value ?? 1}`;
}

function eventSentence(leaf: EventLeaf, words: string): string {
  const filtered = `${leaf.where ? ", filtered" : ""}${leaf.account ? `, of ${leaf.account} of the account's members` : ""}`;
  const { aggregate } = leaf;
  if (aggregate) {
    return leafSentence(
      `${aggregate.fn} of ${aggregate.path} over ${namesText(leaf.name)}${filtered}${words}`,
      aggregate.op,
      aggregate.value,
    );
  }
  const what = leaf.distinct === undefined ? "times" : `different ${leaf.distinct}`;
  return `${namesText(leaf.name)}${filtered} ${countWords(leaf.count)} ${what}${words}`;
}

function explainEvent(leaf: EventLeaf, sentence: string, truth: boolean, observed: unknown): Explanation {
  return {
    node: "event",
    truth,
    sentence: `${sentence} (seen: ${valueText(observed)})`,
    path: namesText(leaf.name),
    op: leaf.aggregate?.op ?? leaf.count?.op ?? "gte",
    value: leaf.aggregate?.value ?? leaf.count?.value ?? 1,
    observed,
  };
}
