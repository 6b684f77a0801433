// Many gates together: one look-up of an attribute's value, in place of a comparison for each rule that asks for it. Every gate that
// lets the value through is counted for its rule; a rule may hold when all of its gates are.
import { type RuleGate, toDouble } from "./rule-gate.ts";
import { valueKeys } from "./value-keys.ts";

type Numbered = { readonly gate: number; readonly lets: RuleGate["lets"] };

/** Gates at one path: by the keys that they let through, and by range, an entry each. */
type Place = {
  readonly path: string;
  readonly byKey: ReadonlyMap<string, Uint32Array>;
  readonly ranged: Uint32Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
};

/** Gates of a rule that are looked at; the others are left to the rule. */
const mostGates = 255;

/**
 * Looks up which rules cannot hold.
 *
 * @param gatesOf those of each rule, all of which are conditions of it; of none: it may always hold
 * @returns a function that gives 1 for each rule that cannot hold and 0 for those that may, in a new array;
 *   `read` gives the subject's value at a path, as rules read it
 */
export function createGateIndex(
  gatesOf: readonly (readonly RuleGate[])[],
): (read: (path: string) => unknown) => Uint8Array {
  const gates = gatesOf.flatMap((own, rule) => own.slice(0, mostGates).map((gate) => ({ ...gate, rule })));
  const ruleOf = Uint32Array.from(gates, ({ rule }) => rule);
  const all = Uint8Array.from(gatesOf, (own) => Math.min(own.length, mostGates));
  const places = placesOf(gates);
  return (read) => {
    const shut = all.slice();
    for (const place of places) {
      const value = read(place.path);
      countKeys(place, value, ruleOf, shut);
      countRanges(place, value, ruleOf, shut);
    }
    for (let rule = 0; rule < shut.length; rule += 1) {
      if (shut[rule] !== 0) shut[rule] = 1;
    }
    return shut;
  };
}

function countKeys({ byKey }: Place, value: unknown, ruleOf: Uint32Array, left: Uint8Array): void {
  if (byKey.size === 0) return;
  const keys = valueKeys(value);
  // A list may come to one gate by several of its values.
  const counted = keys.length > 1 ? new Set<number>() : undefined;
  for (const key of keys) {
    const open = byKey.get(key);
    if (!open) continue;
    for (let at = 0; at < open.length; at += 1) {
      const gate = open[at] ?? 0;
      if (counted?.has(gate)) continue;
      counted?.add(gate);
      countGate(gate, ruleOf, left);
    }
  }
}

function countRanges({ ranged, from, to }: Place, value: unknown, ruleOf: Uint32Array, left: Uint8Array): void {
  const number = ranged.length === 0 ? undefined : toDouble(value);
  if (number === undefined) return;
  for (let at = 0; at < ranged.length; at += 1) {
    if (number >= (from[at] ?? number) && number <= (to[at] ?? number)) countGate(ranged[at] ?? 0, ruleOf, left);
  }
}

function countGate(gate: number, ruleOf: Uint32Array, left: Uint8Array): void {
  const rule = ruleOf[gate] ?? 0;
  left[rule] = (left[rule] ?? 1) - 1;
}

function placesOf(gates: readonly RuleGate[]): readonly Place[] {
  const byPath = new Map<string, Numbered[]>();
  for (const [gate, { path, lets }] of gates.entries()) {
    const known = byPath.get(path);
    if (known) known.push({ gate, lets });
    else byPath.set(path, [{ gate, lets }]);
  }
  return [...byPath].map(([path, own]) => placeOf(path, own));
}

function placeOf(path: string, own: readonly Numbered[]): Place {
  const byKey = new Map<string, number[]>();
  const ranges: { gate: number; from: number; to: number }[] = [];
  for (const { gate, lets } of own) {
    if (lets.by === "range") {
      ranges.push({ gate, from: lets.from, to: lets.to });
      continue;
    }
    for (const key of new Set(lets.keys)) {
      const known = byKey.get(key);
      if (known) known.push(gate);
      else byKey.set(key, [gate]);
    }
  }
  return {
    path,
    byKey: new Map([...byKey].map(([key, numbers]) => [key, Uint32Array.from(numbers)])),
    ranged: Uint32Array.from(ranges, ({ gate }) => gate),
    from: Float64Array.from(ranges, ({ from }) => from),
    to: Float64Array.from(ranges, ({ to }) => to),
  };
}
