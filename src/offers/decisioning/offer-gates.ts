// Which offers may be for a visitor, by the values of a few attributes: of every rule the conditions that let the fewest through are
// looked up together with those of all other rules, in place of being judged.
import { isObject } from "../../kernel/index.ts";
import { createGateIndex, type RuleGate } from "../../kernel/rules/index.ts";
import type { Condition, Eligible } from "./offer-set.ts";

/**
 * For each place of the set 1 where a rule cannot hold, 0 where it is to be judged; a new array.
 *
 * Made when first asked for, and once: `gateOf` has to be of the judges that judge the conditions afterwards.
 */
export type Gates = (
  gateOf: (condition: Condition) => RuleGate | undefined,
) => (read: (path: string) => unknown) => Uint8Array;

/** Conditions of a rule are taken until, as a guess, one visitor of so many passes: more would cost more than they spare. */
const rareEnough = 200;

/** Four of five visitors, as a guess, are on the right side of a bound. */
const ofBounds = 1.25;

const equalities: ReadonlySet<unknown> = new Set(["eq", "in", "contains", "contains_all"]);
const bounds: ReadonlySet<unknown> = new Set(["gt", "gte", "lt", "lte", "between", "is_true"]);

type Comparison = { readonly path: string; readonly op: unknown; readonly values: readonly unknown[] };

/** What a condition compares, where it is one comparison that may be a gate. */
function comparisonOf({ rule }: Condition): Comparison | undefined {
  const leaf = isObject(rule) ? rule["attribute"] : undefined;
  if (!isObject(leaf)) return undefined;
  const { path, op, value } = leaf;
  if (typeof path !== "string" || !(equalities.has(op) || bounds.has(op))) return undefined;
  return { path, op, values: Array.isArray(value) ? value : [value] };
}

/** Among how many visitors one passes, as a guess: an attribute has as many values as conditions name. */
function createRarity(all: readonly Eligible[]): (comparison: Comparison) => number {
  const valuesByPath = new Map<string, Set<unknown>>();
  for (const condition of new Set(all.flatMap(({ conditions }) => conditions))) {
    const comparison = comparisonOf(condition);
    if (!comparison || bounds.has(comparison.op)) continue;
    const known = valuesByPath.get(comparison.path) ?? new Set();
    valuesByPath.set(comparison.path, known);
    for (const value of comparison.values) known.add(value);
  }
  return ({ path, op, values }) => {
    if (bounds.has(op)) return ofBounds;
    // Beside those that conditions name there is at least one other.
    return (1 + (valuesByPath.get(path)?.size ?? 0)) / Math.max(1, values.length);
  };
}

function indexOf(all: readonly Eligible[], gateOf: (condition: Condition) => RuleGate | undefined) {
  const rarityOf = createRarity(all);
  const gatesOf = ({ conditions }: Eligible): readonly RuleGate[] => {
    const inOrder = conditions
      .flatMap((condition) => {
        const comparison = comparisonOf(condition);
        return comparison ? [{ condition, rarity: rarityOf(comparison) }] : [];
      })
      .sort((a, b) => b.rarity - a.rarity);
    const gates: RuleGate[] = [];
    let together = 1;
    for (const { condition, rarity } of inOrder) {
      if (together >= rareEnough) break;
      const gate = gateOf(condition);
      if (!gate) continue;
      gates.push(gate);
      together *= rarity;
    }
    return gates;
  };
  return createGateIndex(all.map(gatesOf));
}

/** @param all by their places in the set */
export function createGates(all: readonly Eligible[]): Gates {
  let index: ReturnType<typeof createGateIndex> | undefined;
  return (gateOf) => {
    index ??= indexOf(all, gateOf);
    return index;
  };
}
