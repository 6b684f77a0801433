import { isObject, sha256Hex } from "../kernel/index.ts";
import type { AttributeType, RuleObject, Window } from "../kernel/rules/index.ts";
import { affinityShares, type ProfileState, type TraitPart, type TraitState, unitePart } from "../profiles/index.ts";
import { type Collector, createCollector, partOfRows, readingOf } from "./collect.ts";
import { type ConvertMinor, evaluatePart, rowsOfOrders, type TraitValue } from "./evaluate.ts";
import { compileFormula, type Formula, FormulaFault } from "./formula.ts";
import { type EventKind, eventsOf, isEventKind, type TraitBody } from "./trait-body.ts";
import type { TraitRules } from "./trait-rules.ts";
import { compileTraitWindow, type TraitWindow } from "./windows.ts";

/** Who a trait is read of, and when. */
export type ReadOptions = {
  readonly state: ProfileState;
  readonly nowMs: number;
  /** All `profile.` attributes of the person, for formulas. */
  readonly profile: RuleObject;
  /** Next change by time of a `profile.` attribute, for formulas; Infinity for never. */
  readonly changesAt: (path: string) => number;
  /** Cut-off of a computation: what a profile keeps with another one is out of date. */
  readonly cutoffOf?: (hash: string) => number | undefined;
};

export type CompiledTrait = {
  readonly key: string;
  readonly body: TraitBody;
  /** Covers what the value follows from: a new hash has to be counted from the event store. */
  readonly hash: string;
  /** Type of the value in rules. */
  readonly type: AttributeType;
  /** Set when values follow from events. */
  readonly collector: Collector | undefined;
  readonly formula: Formula | undefined;
  readonly read: (options: ReadOptions) => TraitValue;
  /** When the value next changes without an event; Infinity for never. */
  readonly nextChangeAt: (options: ReadOptions) => number;
};

export type CompileDeps = {
  readonly rules: TraitRules;
  readonly convertMinor: ConvertMinor;
  /** Currency of money where the trait names none. */
  readonly currency: string;
};

const dayMs = 86_400_000;
const noValue: TraitValue = { value: undefined, flags: [] };
const never = (): number => Number.POSITIVE_INFINITY;

/** JSON with sorted keys: one text for equal values. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join(",")}}`;
}

function hashOf(key: string, body: TraitBody, timezone: string, currency: string): string {
  const { kind, where, lines, path, window, valueType, query, columns } = body;
  const covered = isEventKind(kind)
    ? { kind, events: [...eventsOf(body)].sort(), where, lines, path, window, valueType, timezone, currency }
    : { key, kind, query, columns };
  return sha256Hex(canonical(covered)).slice(0, 32);
}

/** Type of a line's field, as rules know it. */
const lineTypes: Readonly<Record<string, AttributeType>> = {
  "item.qty": "number",
  "item.price": "money",
  "item.row_total": "money",
  "item.unitPrice": "money",
  "item.lineTotal": "money",
  "item.discount": "money",
  "item.tax": "money",
};

function pathType(path: string | undefined, rules: TraitRules): AttributeType | undefined {
  if (path === undefined) return undefined;
  const found = lineTypes[path] ?? rules.attributes().find(path)?.type;
  return found === "json" ? undefined : found;
}

function typeOf(body: TraitBody, ofPath: AttributeType | undefined): AttributeType {
  switch (body.kind) {
    case "count":
    case "unique_count":
    case "days_since":
      return "number";
    case "sum":
    case "avg":
    case "min":
    case "max":
      return (body.valueType ?? ofPath) === "money" ? "money" : "number";
    case "unique_list":
      return "list";
    case "first":
    case "last":
    case "most_frequent":
      return body.valueType ?? (ofPath === undefined || ofPath === "objects" ? "text" : ofPath);
    case "affinity":
      return "json";
    case "sql":
      return "json";
    case "formula":
    case "prediction":
      return body.valueType ?? "number";
    case "trait":
      return body.valueType ?? "json";
  }
}

type EventTrait = Pick<CompiledTrait, "read" | "nextChangeAt">;

function keptOf({ state, cutoffOf }: ReadOptions, hash: string): TraitPart | undefined {
  const kept: TraitState | undefined = state.traits[hash];
  const cutoff = cutoffOf?.(hash);
  if (!kept || (cutoff !== undefined && kept.since !== undefined && kept.since !== cutoff)) return undefined;
  return unitePart(kept.past, kept.live);
}

/** Reads of an event trait: rows and orders are narrowed to the window first. */
function readEvents(
  kind: EventKind,
  hash: string,
  body: TraitBody,
  currency: string | undefined,
  window: TraitWindow | undefined,
  convertMinor: ConvertMinor,
): EventTrait {
  const withId = kind === "first" || kind === "last";
  const rowsOf = (part: TraitPart, state: ProfileState) =>
    part.k === "rows"
      ? part.rows
      : part.k === "orders"
        ? rowsOfOrders(part, state.orders, { isCount: kind === "count" && !body.path, net: body.net === true, withId })
        : undefined;
  const narrowed = (options: ReadOptions): TraitPart | undefined => {
    const { state, nowMs } = options;
    const part = keptOf(options, hash);
    const rows = part && rowsOf(part, state);
    if (!rows) return part;
    return partOfRows(kind, window ? window.inside(rows, nowMs, state) : rows);
  };
  return {
    read: (options) => evaluatePart(narrowed(options), { kind, currency, nowMs: options.nowMs, convertMinor }),
    nextChangeAt: (options) => {
      const { state, nowMs } = options;
      let next = Number.POSITIVE_INFINITY;
      if (kind === "days_since") {
        const part = narrowed(options);
        if (part?.k === "one") next = part.row.t + (Math.floor(Math.max(0, nowMs - part.row.t) / dayMs) + 1) * dayMs;
      }
      const part = window && keptOf(options, hash);
      const rows = part && rowsOf(part, state);
      return window && rows ? Math.min(next, window.nextChangeAt(rows, nowMs, state)) : next;
    },
  };
}

function readPath(root: RuleObject, path: string): unknown {
  let value: unknown = root;
  for (const key of path.split(/(?<!\\)\./)) {
    const name = key.replaceAll("\\.", ".");
    if (!isObject(value)) return undefined;
    value = value[name];
  }
  return value;
}

function readFormula(formula: Formula): EventTrait {
  return {
    read: ({ profile, nowMs }) => ({ value: formula.evaluate((path) => readPath(profile, path), nowMs), flags: [] }),
    nextChangeAt: ({ changesAt, nowMs }) => {
      // A formula over the present time changes all the time; a minute is what late memberships are promised.
      const own = formula.usesNow ? nowMs + 60_000 : Number.POSITIVE_INFINITY;
      return formula.reads.reduce((next, path) => Math.min(next, changesAt(path)), own);
    },
  };
}

function readOther(key: string, body: TraitBody, hash: string): EventTrait {
  const read = (of: (options: ReadOptions) => unknown): EventTrait => ({
    read: (options) => ({ ...noValue, value: of(options) }),
    nextChangeAt: never,
  });
  switch (body.kind) {
    case "trait": {
      const name = body.attribute ?? key;
      return {
        read: ({ state }) => {
          const written = Object.hasOwn(state.attributes, name) ? state.attributes[name] : undefined;
          return written ? { value: written.value, at: written.at, flags: [] } : noValue;
        },
        nextChangeAt: never,
      };
    }
    case "affinity":
      return read(({ state, nowMs }) => {
        const shares = affinityShares(state.affinity[body.attribute ?? "category"], nowMs);
        return shares.length === 0 ? undefined : Object.fromEntries(shares.map(({ value, score }) => [value, score]));
      });
    case "sql":
      return read(({ state }) => state.traits[hash]?.result);
    case "prediction": {
      const name = body.prediction ?? key;
      return {
        read: ({ state }) => {
          const said = Object.hasOwn(state.predictions, name) ? state.predictions[name] : undefined;
          return said ? { value: said.value, at: said.computedAt, flags: [] } : noValue;
        },
        nextChangeAt: never,
      };
    }
    default:
      return read(() => undefined);
  }
}

/**
 * Turns a definition into functions over a profile's state.
 *
 * A body that was valid once compiles for ever; what it names that has gone yields no value.
 */
export function compileTrait(
  key: string,
  body: TraitBody,
  { rules, convertMinor, currency }: CompileDeps,
): CompiledTrait {
  const timezone = body.timezone ?? rules.timezone;
  const types = eventsOf(body);
  const ofPath = pathType(body.path, rules);
  const type = typeOf(body, ofPath);
  const reading = readingOf(body, ofPath, currency);
  const target = reading.as === "money" ? reading.currency : currency;
  const hash = hashOf(key, body, timezone, target);
  const formula = body.kind === "formula" ? formulaOf(body.expression) : undefined;
  const shared = { key, body, hash, type, formula };
  if (isEventKind(body.kind)) {
    const window = body.window === undefined ? undefined : compileTraitWindow(body.window as Window, timezone);
    const isMoney = type === "money" && ["sum", "avg", "min", "max"].includes(body.kind);
    return {
      ...shared,
      collector: createCollector(body, types, reading, rules),
      ...readEvents(body.kind, hash, body, isMoney ? target : undefined, window, convertMinor),
    };
  }
  return { ...shared, collector: undefined, ...(formula ? readFormula(formula) : readOther(key, body, hash)) };
}

/** A formula that no longer compiles has no value. */
function formulaOf(expression: string | undefined): Formula | undefined {
  try {
    return compileFormula(expression ?? "");
  } catch (error) {
    if (error instanceof FormulaFault) return undefined;
    throw error;
  }
}
