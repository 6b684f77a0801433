/**
 * The part of an event leaf that looks at one event. A profile keeps, for each leaf, rows of numbers: the event's time
 * and one number for each column the leaf needs. Windows and counts are judged over the rows, so leaves that differ only
 * in those share their state, and editing a window rebuilds nothing.
 */

import { fnv1a, sha256Hex } from "../hashing.ts";
import { isObject } from "../json.ts";
import { plainNumber } from "../plain-value.ts";
import { toAmount } from "./compare-number.ts";
import type { CompiledNode, Scope } from "./compiled.ts";
import { toDecimalNumber } from "./decimal.ts";
import type { Column, EventContext, EventLeafSpec, LeafDefinition, RuleEvent } from "./event-leaf-spec.ts";
import { orderCells, orderOfEvent } from "./event-order.ts";
import type { EventNames, RuleNode } from "./grammar.ts";
import { strideOfLeaf } from "./leaf-rows.ts";
import { parsePath, readerOf } from "./paths.ts";
import { createFrame, enterFrame, leaveFrame, linesOf } from "./subject.ts";
import { foldText } from "./text.ts";

/** Stands in a code column for a missing value. */
export const missingCode = -1;

/** Registers the leaf; equal leaves of one rule are one. */
export function eventLeafOf(
  name: EventNames,
  where: RuleNode | undefined,
  columns: readonly Column[],
  scope: Scope,
): { spec: EventLeafSpec; broken: boolean } {
  const names = [...new Set(typeof name === "string" ? [name] : name)].sort();
  const definition: LeafDefinition = { names, where: where ?? null, columns };
  const width = columns.reduce((sum, { kind }) => sum + (kind === "money" ? 2 : kind === "order" ? orderCells : 1), 0);
  const hash = `${sha256Hex(canonicalJson(definition))}${width === 0 ? "" : `/${1 + width}`}`;
  const compiled = where && scope.compile(where, { ...scope, itemKind: undefined });
  const known = scope.usage.eventLeaves.get(hash);
  if (known) return { spec: known, broken: compiled?.broken ?? false };
  const spec = createSpec(hash, definition, compiled);
  scope.usage.eventLeaves.set(hash, spec);
  return { spec, broken: compiled?.broken ?? false };
}

function createSpec(hash: string, definition: LeafDefinition, where: CompiledNode | undefined): EventLeafSpec {
  const { names, columns } = definition;
  const frame = createFrame();
  const matches = (event: RuleEvent, context: EventContext): boolean => {
    if (!names.includes(event.type)) return false;
    if (!where) return true;
    enterFrame(frame, context, event.timestamp);
    frame.event = event;
    try {
      return where.test(frame);
    } finally {
      leaveFrame(frame);
    }
  };
  const readColumns = columns.map(columnReader);
  return {
    hash,
    names,
    stride: strideOfLeaf(hash),
    definition,
    matches,
    rowsOf: (event, context) => (matches(event, context) ? rowsOfEvent(event, readColumns, columns) : []),
  };
}

type ColumnReader = (event: RuleEvent) => readonly unknown[];

/** One value, or with `event.properties.items.<key>` one for each product line. */
function columnReader({ kind, path }: Column): ColumnReader {
  if (kind === "order") return () => [];
  const keys = parsePath(path)?.keys ?? [];
  if (keys[0] === "properties" && keys[1] === "items" && keys.length > 2) {
    const read = readerOf(keys.slice(2));
    return (event) => linesOf(event).map(read);
  }
  const read = readerOf(keys);
  return (event) => [read(event)];
}

function rowsOfEvent(
  event: RuleEvent,
  readers: readonly ColumnReader[],
  columns: readonly Column[],
): readonly number[] {
  const [only] = columns;
  const [reader] = readers;
  if (only === undefined || reader === undefined) return [event.timestamp];
  if (only.kind === "order") {
    // Steps of a sequence have always one row, with a code for what is missing.
    const codes = readers.slice(1).map((each) => codeOf(each(event)[0]) ?? missingCode);
    return [event.timestamp, ...orderOfEvent(event), ...codes];
  }
  if (only.kind === "code") {
    const codes = [
      ...new Set(
        reader(event)
          .map(codeOf)
          .filter((code) => code !== undefined),
      ),
    ];
    return codes.flatMap((code) => [event.timestamp, code]);
  }
  return reader(event).flatMap((value) => {
    const cells = only.kind === "money" ? moneyCells(value) : numberCells(value);
    return cells ? [event.timestamp, ...cells] : [];
  });
}

function numberCells(value: unknown): readonly number[] | undefined {
  const amount = toAmount(value);
  const number = toDecimalNumber(amount ? amount.minor : value);
  return number === undefined ? undefined : [plainNumber(typeof number === "number" ? number : value)];
}

function moneyCells(value: unknown): readonly number[] | undefined {
  const amount = toAmount(value);
  if (!amount || typeof amount.minor !== "number" || !/^[A-Z]{3}$/.test(amount.currency)) return undefined;
  return [amount.minor, currencyCode(amount.currency)];
}

/** `EUR` as a number; three letters fit in base 26. */
function currencyCode(currency: string): number {
  return [...currency].reduce((code, letter) => code * 26 + letter.charCodeAt(0) - 65, 0);
}

export function currencyOfCode(code: number): string {
  return String.fromCharCode(65 + Math.floor(code / 676), 65 + (Math.floor(code / 26) % 26), 65 + (code % 26));
}

/** 53 bits that stand for a value; undefined when it is missing. Text ignores case, as comparisons do. */
function codeOf(value: unknown): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const text = typeof value === "string" ? `"${foldText(value)}` : canonicalJson(value);
  return fnv1a(text) * 2 ** 21 + (fnv1a(`${text}#`) >>> 11);
}

/** JSON with sorted keys; absent members are left out. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`);
  return `{${members.join(",")}}`;
}
