// What is wrong with the published catalog price rules. Which rules reach a product is known to the price lists: nothing is judged here.

import { isParent } from "../../catalog/index.ts";
import { createTurn } from "../../kernel/index.ts";
import type { Piece } from "../cart-rules/index.ts";
import { type CatalogRule, type CatalogRuleLook, compileChain, stepOf } from "../catalog-rules/index.ts";
import { frameCovers, framesMeet } from "../rule-frame.ts";
import { findOverlaps } from "./find-overlaps.ts";
import { findShadowed } from "./find-shadowed.ts";
import { createReachClasses, shownExamples } from "./reach-classes.ts";
import { type RuleRef, type RuleWarning, type WarningCode, warningOf } from "./rule-warning.ts";
import type { AudienceLook, RuleSurvey } from "./survey-cart-rules.ts";

type Deps = {
  readonly audiences: AudienceLook;
  /** One piece of a product, with what may be taken from its price. */
  readonly pieceOf: (sku: string) => Pick<Piece, "price" | "currency" | "room">;
  /** Of the shop. */
  readonly currency: string;
};

const refOf = ({ key, name, priority }: CatalogRule): RuleRef => ({ kind: "catalog-price-rule", key, name, priority });

export async function surveyCatalogRules(look: CatalogRuleLook, deps: Deps): Promise<RuleSurvey> {
  const { rules, today } = look;
  const turn = createTurn();
  const warnings: RuleWarning[] = [];
  const idle = new Set<CatalogRule>();
  const tell = (rule: CatalogRule, code: WarningCode, more: object = {}) =>
    warnings.push(warningOf({ code, rule: refOf(rule), ...more }));
  const tellIdle = (rule: CatalogRule, code: WarningCode) => {
    tell(rule, code);
    idle.add(rule);
  };
  for (const rule of rules) {
    const code = idleCode(rule, look, deps.audiences);
    if (code !== undefined) tellIdle(rule, code);
  }
  const classes = createReachClasses();
  const low = new Map<number, { products: number; examples: string[] }>();
  const takes = createTakes(look);
  let looked = 0;
  let isWhole = true;
  for (const product of look.products) {
    await turn();
    if (isParent(product) && !product.price) continue;
    looked += 1;
    const places = look.placesOf(product.sku);
    if (places.length === 0) continue;
    if (!classes.add(product.sku, places, [])) {
      isWhole = false;
      break;
    }
    const piece = deps.pieceOf(product.sku);
    if (!Number.isFinite(piece.room)) continue;
    for (const place of places) {
      if (takes(place, piece) <= piece.room) continue;
      const known = low.get(place) ?? { products: 0, examples: [] };
      low.set(place, known);
      known.products += 1;
      if (known.examples.length < shownExamples) known.examples.push(product.sku);
    }
  }
  for (const [place, rule] of rules.entries()) {
    if (idle.has(rule)) continue;
    const below = low.get(place);
    if (below) tell(rule, "below_floor", below);
    if (isWhole && looked > 0 && classes.of(place).length === 0) tellIdle(rule, "no_products");
  }
  // A place is the tree of its rule: which products a rule reaches was judged before.
  const placed = rules.flatMap((rule, tree) => (idle.has(rule) ? [] : [{ rule, tree }]));
  if (isWhole) {
    const shadowed = await findShadowed({
      ...{ placed, classes, turn },
      isStopping: (rule) =>
        rule.stop && rule.audiences.length === 0 && stepOf(rule.action, deps.currency, look.rateOf) !== undefined,
      mayShadow: (earlier, later) => frameCovers(earlier, later, today),
    });
    for (const { rule, by } of shadowed) {
      tell(rule, "shadowed", by ? { other: refOf(by) } : {});
      idle.add(rule);
    }
  }
  const overlaps = await findOverlaps({
    ...{ placed: placed.filter(({ rule }) => !idle.has(rule)), classes, looked, turn },
    relate: (earlier, later) => {
      if (!framesMeet(earlier, later, today)) return undefined;
      return earlier.stop ? "stopped" : "overlaps";
    },
  });
  for (const { earlier, later, code, products, examples } of overlaps.told) {
    const [rule, other] = code === "stopped" ? [later, earlier] : [earlier, later];
    tell(rule, code, { other: refOf(other), products, examples });
  }
  return { warnings, looked, rules: rules.length, isCut: overlaps.isCut || !isWhole };
}

function idleCode(rule: CatalogRule, look: CatalogRuleLook, audiences: AudienceLook): WarningCode | undefined {
  if (rule.toDay < look.today || rule.toMs <= look.nowMs) return "ended";
  if (rule.audiences.length === 0) return undefined;
  if (!rule.audiences.some(audiences.isAudience)) return "audiences_gone";
  return rule.audiences.every((key) => !audiences.isAudience(key) || audiences.isEmpty(key)) ? "no_members" : undefined;
}

/** Minor units that a rule alone takes from the list price of a product; a chain is compiled once a rule and currency. */
function createTakes({ rules, rateOf }: CatalogRuleLook) {
  const chains = new Map<string, (minor: number) => number>();
  return (place: number, { price, currency }: Pick<Piece, "price" | "currency">): number => {
    const name = `${place} ${currency}`;
    let chain = chains.get(name);
    if (!chain) {
      const rule = rules[place];
      const step = rule && stepOf(rule.action, currency, rateOf);
      chain = step ? compileChain([step]) : (minor) => minor;
      chains.set(name, chain);
    }
    return price - chain(price);
  };
}
