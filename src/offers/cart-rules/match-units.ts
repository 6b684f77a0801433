// Which units the action conditions of a rule hold for.
import type { CompiledRule, RuleObject, RuleSubject } from "../../kernel/rules/index.ts";
import type { CartRule, RuleTree } from "./cart-rule.ts";
import type { PricedCart, PricedLine } from "./price-cart.ts";

/** Units that a rule is for: all of them, and those that take discounts. */
export type Matched = { readonly all: readonly number[]; readonly discountable: readonly number[] };

export type Matching = ReturnType<typeof createMatching>;

export function lineSubject(facts: RuleObject): RuleSubject {
  const { product } = facts as { product?: RuleObject };
  return { item: facts, product };
}

export function canDiscount(cart: PricedCart, at: number): boolean {
  const unit = cart.units[at];
  return unit !== undefined && !unit.noDiscount && unit.price >= 0n;
}

/** Works out once a tree which units of a cart it holds for. */
export function createMatching(cart: PricedCart, nowMs: number) {
  const { lines, units } = cart;
  const lineSubjects = lines.map(({ facts }) => lineSubject(facts));
  const unitSubjects = lines.some(({ isBundle }) => isBundle)
    ? units.map(({ facts }) => lineSubject(facts))
    : lineSubjects;
  const known = new Map<RuleTree, Matched>();
  const takes = units.map((_, at) => canDiscount(cart, at));
  const split = (all: readonly number[]): Matched => {
    return { all, discountable: all.every((at) => takes[at]) ? all : all.filter((at) => takes[at]) };
  };
  const everything = split([...units.keys()]);

  const ofBundle = (rule: CompiledRule, line: PricedLine, whole: RuleSubject): readonly number[] => {
    const parts = line.units.filter((at) => rule.test(unitSubjects[at] ?? whole, nowMs));
    // Parts that match by themselves; where none does, a bundle that matches as a whole stands for all of them.
    return parts.length > 0 || !rule.test(whole, nowMs) ? parts : line.units;
  };
  const match = (rule: CompiledRule): readonly number[] => {
    const found: number[] = [];
    for (let index = 0; index < lines.length; index += 1) {
      const [line, whole] = [lines[index], lineSubjects[index]];
      if (!line || !whole) continue;
      if (line.isBundle) found.push(...ofBundle(rule, line, whole));
      else if (rule.test(whole, nowMs)) for (const at of line.units) found.push(at);
    }
    return found;
  };
  return (tree: CartRule["targets"]): Matched => {
    if (!tree) return everything;
    const before = known.get(tree);
    if (before) return before;
    const made = split(match(tree.rule));
    known.set(tree, made);
    return made;
  };
}
