// Which price rules a block is tied to. The block may name them, or the rule may name the block. A rule that is paused or over is no
// longer among the live ones, but its block must stay hidden: so what stopped rules name is known too.
import type { LiveDefinition } from "../../definitions/index.ts";
import type { BlockBody } from "./block.ts";
import type { BlockLinks } from "./judge-block.ts";

export const priceRuleKinds = ["cart-price-rule", "catalog-price-rule"] as const;

/** A price rule in any state but archived that names a block. */
export type NamedByRule = { readonly block: string; readonly kind: string; readonly rule: string };

type RuleBody = { readonly blocks?: readonly string[] };
type Live = <B>(kind: string) => readonly LiveDefinition<B>[];

const none: BlockLinks = { cartRules: [], catalogRules: [] };

function namedByLive(rules: readonly LiveDefinition<RuleBody>[]): readonly NamedByRule[] {
  return rules.flatMap(({ kind, key, body }) => (body.blocks ?? []).map((block) => ({ block, kind, rule: key })));
}

function indexOf(named: readonly NamedByRule[]): ReadonlyMap<string, BlockLinks> {
  const byBlock = new Map<string, { cartRules: string[]; catalogRules: string[] }>();
  for (const { block, kind, rule } of named) {
    const links = byBlock.get(block) ?? { cartRules: [], catalogRules: [] };
    byBlock.set(block, links);
    const keys = kind === "cart-price-rule" ? links.cartRules : links.catalogRules;
    if (!keys.includes(rule)) keys.push(rule);
  }
  return byBlock;
}

/** @param stopped what rules name that were published once; the same list until one changes */
export function createBlockLinks(live: Live, stopped: () => readonly NamedByRule[]) {
  let lists: readonly unknown[] = [];
  let byBlock: ReadonlyMap<string, BlockLinks> = new Map();
  const ofRules = (key: string): BlockLinks => {
    const rules = priceRuleKinds.map((kind) => live<RuleBody>(kind));
    const named = stopped();
    const current = [...rules, named];
    // Lists are replaced whole when something changes.
    if (current.some((list, at) => list !== lists[at])) {
      lists = current;
      byBlock = indexOf([...rules.flatMap(namedByLive), ...named]);
    }
    return byBlock.get(key) ?? none;
  };
  return ({ key, body }: Pick<LiveDefinition<BlockBody>, "key" | "body">): BlockLinks => {
    const { cartPriceRules = [], catalogPriceRules = [] } = body;
    const { cartRules, catalogRules } = ofRules(key);
    if (cartRules.length === 0 && catalogRules.length === 0)
      return { cartRules: cartPriceRules, catalogRules: catalogPriceRules };
    return { cartRules: [...cartPriceRules, ...cartRules], catalogRules: [...catalogPriceRules, ...catalogRules] };
  };
}
