// What one event adds to a trait of a profile.
import type { Window } from "../kernel/rules/index.ts";
import {
  compareRows,
  distinctCode,
  type Exact,
  orderVersion,
  readText,
  type TraitCell,
  type TraitPart,
  type TraitRow,
  uniteParts,
} from "../profiles/index.ts";
import { cellsOf, compilePath, linesOf, type Reading, toRuleEvent } from "./read-values.ts";
import { type EventKind, isEventKind, type TraitBody } from "./trait-body.ts";
import type { TraitEvent, TraitRules } from "./trait-rules.ts";
import { keptAgeOf } from "./windows.ts";

export type Collected = { readonly part: TraitPart | undefined; readonly skipped: number };
export type Collector = {
  /** Types of the events it looks at. */
  readonly types: readonly string[];
  /** Undefined when the event is not one of the trait's. */
  readonly collect: (event: TraitEvent) => Collected | undefined;
};

const placing = new Set(["completeCheckout", "orderPlaced"]);
const nothing: Collected = { part: undefined, skipped: 0 };

/** Traits over placed orders count each order once. */
export function isOrderTrait(types: readonly string[]): boolean {
  return types.length > 0 && types.every((type) => placing.has(type));
}

/** The part that a single row makes of a trait that reaches back for ever. */
export function partOfRow(kind: EventKind, row: TraitRow): TraitPart {
  const { t, n = 1, v = 0, c = "" } = row;
  switch (kind) {
    case "count":
      return { k: "count", n };
    case "sum":
    case "avg":
      // Cells of these kinds are numbers by their reading.
      return { k: "sum", by: { [c]: [n, v as Exact] } };
    case "min":
    case "max":
      return { k: "extreme", max: kind === "max", by: { [c]: v as Exact } };
    case "first":
    case "last":
    case "days_since":
      return { k: "one", last: kind !== "first", row };
    case "most_frequent":
    case "unique_list":
      return { k: "values", by: { [String(v)]: [n, t] } };
    case "unique_count":
      return { k: "distinct", of: { set: distinctCode(`${typeof v} ${v} ${c}`) } };
  }
}

/** The part that rows make together; undefined for none. */
export function partOfRows(kind: EventKind, rows: readonly TraitRow[]): TraitPart | undefined {
  let united: TraitPart | undefined;
  for (const row of rows) {
    const part = partOfRow(kind, row);
    united = united ? uniteParts(united, part) : part;
  }
  return united;
}

/** How the values of the path are taken. */
export function readingOf(body: TraitBody, pathType: string | undefined, currency: string): Reading {
  const numeric = body.kind === "sum" || body.kind === "avg" || body.kind === "min" || body.kind === "max";
  const isMoney = (body.valueType ?? pathType) === "money";
  if (isMoney) return { as: "money", currency: body.currency ?? currency };
  return { as: numeric ? "number" : "scalar" };
}

export function createCollector(
  body: TraitBody,
  types: readonly string[],
  reading: Reading,
  rules: TraitRules,
): Collector | undefined {
  const { kind } = body;
  if (!isEventKind(kind)) return undefined;
  const timezone = body.timezone ?? rules.timezone;
  const where = body.where === undefined ? undefined : rules.compile(body.where, { timezone, use: "tracking_plan" });
  const lineWhere =
    body.lines?.where === undefined ? undefined : rules.compile(body.lines.where, { timezone, use: "cart_action" });
  const path = body.path === undefined ? undefined : compilePath(body.path);
  const ofLines = body.lines !== undefined || path?.isLine === true;
  const spread = kind === "unique_list" || kind === "unique_count" || kind === "most_frequent";
  const isOrder = isOrderTrait(types);
  const needsId = kind === "first" || kind === "last";
  // Validated when the definition was saved.
  const window = body.window as Window | undefined;
  const keep = keptAgeOf(window);
  const isSum = kind === "count" || kind === "sum" || kind === "avg";

  const accepts = (event: TraitEvent): boolean =>
    !where || where.test({ event: toRuleEvent(event), productOf: rules.productOf }, event.timestamp);

  const fittingLines = (event: TraitEvent) =>
    linesOf(event).filter((line) => {
      if (!lineWhere) return true;
      const product = typeof line["sku"] === "string" ? rules.productOf(line["sku"]) : undefined;
      return lineWhere.test({ item: line, product }, event.timestamp);
    });

  /** One cell for each value; a count has one cell that says how many. */
  const cells = (event: TraitEvent): { readonly cells: readonly TraitCell[]; readonly skipped: number } => {
    const lines = ofLines ? fittingLines(event) : [];
    if (!path) {
      const n = ofLines ? lines.length : 1;
      return { cells: n === 0 ? [] : [{ v: n }], skipped: 0 };
    }
    const values = path.isLine ? lines.map(path.read) : [path.read(toRuleEvent(event))];
    return cellsOf(values, reading, event.timestamp, spread);
  };

  const rowsOf = (event: TraitEvent, found: readonly TraitCell[]): readonly TraitRow[] => {
    const { timestamp: t, messageId } = event;
    const id = needsId ? { i: messageId } : {};
    if (!path)
      return kind === "count"
        ? found.map(({ v }) => (v === 1 ? { t } : { t, n: Number(v) }))
        : found.map(() => ({ t, ...id }));
    return found.map(({ v, c }) => ({ t, v, ...(c === undefined ? {} : { c }), ...id }));
  };

  const orderPart = (event: TraitEvent): Collected => {
    const isUpdate = event.type === "orderUpdated";
    const orderId = readText(event.properties["orderId"], 128);
    // An update says nothing of the number of orders, and nothing of an order that it does not name.
    if (isUpdate && (orderId === undefined || (!path && !ofLines))) return nothing;
    if (!isUpdate && !accepts(event)) return nothing;
    const found = cells(event);
    if (isUpdate && found.cells.length === 0) return nothing;
    // Whole events: the order's version decides among its reports.
    const reading = { g: orderVersion(event), cells: found.cells };
    const key = orderId ?? `#${event.messageId}`;
    const row = isUpdate ? { u: reading } : { t: event.timestamp, p: reading };
    return { part: { k: "orders", by: { [key]: row } }, skipped: found.skipped };
  };

  const collect = (event: TraitEvent): Collected | undefined => {
    if (isOrder) return orderPart(event);
    if (!accepts(event)) return nothing;
    const found = cells(event);
    const rows = rowsOf(event, found.cells);
    if (rows.length === 0) return { part: undefined, skipped: found.skipped };
    if (window !== undefined) {
      const part: TraitPart = {
        k: "rows",
        rows: [...rows].sort(compareRows),
        ...(keep === undefined ? {} : { keep }),
        ...(isSum ? { sum: true as const } : {}),
      };
      return { part, skipped: found.skipped };
    }
    return { part: partOfRows(kind, rows), skipped: found.skipped };
  };

  return { types: isOrder ? [...types, "orderUpdated"] : types, collect };
}
