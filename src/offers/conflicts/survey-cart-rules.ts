// What is wrong with the published cart price rules. Every product is looked at once, as one piece in a cart, by the conditions that may
// hold for it; what follows is asked of classes of products. 7,000 rules with a condition on a brand, category or SKU each, and 100,000
// products, are some seconds of work in turns of 8 ms; conditions that name no such value cost a judgement for each product.
import { createTurn } from "../../kernel/index.ts";
import { neverHolds, type RuleNode, type RuleSubject } from "../../kernel/rules/index.ts";
import {
  type CartRule,
  type CartRuleLook,
  canMeet,
  canStack,
  costFactor,
  covers,
  createRelations,
  floorCode,
  isOver,
  neededLines,
  type ProductTree,
  pieceOf,
  productTreeOf,
  unitOff,
} from "../cart-rules/index.ts";
import { createGuardIndex, findGuard } from "./find-guard.ts";
import { findOverlaps } from "./find-overlaps.ts";
import { findShadowed, type Placed } from "./find-shadowed.ts";
import { createReachClasses, shownExamples } from "./reach-classes.ts";
import { type RuleRef, type RuleWarning, type WarningCode, warningOf } from "./rule-warning.ts";

export type AudienceLook = {
  readonly isAudience: (reference: string) => boolean;
  /** Live audiences that nobody is in. */
  readonly isEmpty: (reference: string) => boolean;
};

export type RuleSurvey = {
  readonly warnings: readonly RuleWarning[];
  readonly rules: number;
  readonly looked: number;
  /** There is more than could be looked at, or told. */
  readonly isCut: boolean;
};

/** Judgements of products by conditions. */
const maxTests = 100_000_000;
/** Judgements between two looks at the clock. */
const testsATurn = 128;
/** Rules of a group that are compared with each other rule of it. */
const maxWinners = 50;

type Taker = { readonly rules: CartRule[]; low: { products: number; examples: string[] } };
type Tree = ProductTree & { readonly id: number; readonly takers: Map<string, Taker>; products: number };
/** A condition on the cart asks for a line of this kind. */
type Need = { readonly test: (subject: RuleSubject) => boolean; readonly rules: CartRule[]; isMet: boolean };

const refOf = ({ key, name, priority }: CartRule): RuleRef => ({ kind: "cart-price-rule", key, name, priority });

export async function surveyCartRules(look: CartRuleLook, audiences: AudienceLook): Promise<RuleSurvey> {
  const { today } = look;
  const turn = createTurn();
  const relations = createRelations(look.rules, { ...look, hasMarginGuard: look.marginFactor !== null });
  const warnings: RuleWarning[] = [];
  const idle = new Set<CartRule>();
  const tell = (rule: CartRule, code: WarningCode, more: Omit<Parameters<typeof warningOf>[0], "code" | "rule"> = {}) =>
    warnings.push(warningOf({ code, rule: refOf(rule), ...more }));
  for (const rule of relations.rules) {
    await turn();
    const code = idleCode(rule, look, audiences);
    if (code === undefined) continue;
    tell(rule, code);
    idle.add(rule);
  }
  const running = relations.rules.filter((rule) => !idle.has(rule));
  const scan = await scanProducts(running, look, turn);
  const { classes, looked, isWhole } = scan;
  for (const { rules, low } of scan.takers()) {
    if (low.products > 0) for (const rule of rules) tell(rule, floorCode(rule, look), low);
  }
  if (isWhole && looked > 0) {
    for (const rule of scan.without()) {
      tell(rule, "no_products");
      idle.add(rule);
    }
    for (const { rules, isMet } of scan.needs)
      for (const rule of rules) {
        if (isMet || idle.has(rule)) continue;
        tell(rule, "needs_no_product");
        idle.add(rule);
      }
  }
  const placed = running
    .filter((rule) => !idle.has(rule))
    .map((rule): Placed<CartRule> => ({ rule, tree: scan.treeOf(rule) }));
  if (isWhole) {
    const shadowed = await findShadowed({
      ...{ placed, classes, turn, isStopping: relations.alwaysStops },
      mayShadow: (earlier, later) => relations.leavesNothing(earlier, later) && covers(earlier, later, today),
    });
    for (const { rule, by } of shadowed) {
      tell(rule, "shadowed", by ? { other: refOf(by) } : {});
      idle.add(rule);
    }
    await tellLosers();
  }
  const overlaps = await findOverlaps({
    ...{ placed: placed.filter(({ rule }) => !idle.has(rule)), classes, looked, turn },
    relate: (earlier, later) => {
      if (!canStack(earlier, later) || !canMeet(earlier, later, today) || cannotBoth(earlier, later, look))
        return undefined;
      return earlier.stop ? "stopped" : "overlaps";
    },
  });
  for (const { earlier, later, code, products, examples } of overlaps.told) {
    const [rule, other] = code === "stopped" ? [later, earlier] : [earlier, later];
    tell(rule, code, { other: refOf(other), products, examples });
  }
  return { warnings, looked, rules: look.rules.length, isCut: overlaps.isCut || !isWhole };

  /** Rules that another one of their group always takes the place of. */
  async function tellLosers(): Promise<void> {
    const groups = new Set(placed.map(({ rule }) => rule.group).filter(({ mode }) => mode !== "stackable"));
    for (const group of groups) {
      const members = placed.filter(({ rule }) => rule.group === group);
      const winners = members
        .filter(({ rule }) => rule.conditions === null && rule.coupon === "none")
        .slice(0, maxWinners);
      for (const loser of members) {
        await turn();
        const reaches = loser.tree === null ? [] : classes.of(loser.tree);
        const winner = winners.find(
          (each) =>
            !idle.has(each.rule) &&
            relations.alwaysBeats(each.rule, loser.rule) &&
            covers(each.rule, loser.rule, today) &&
            (each.tree === null || (loser.tree !== null && isInside(reaches, each.tree))),
        );
        if (!winner) continue;
        tell(loser.rule, "never_wins", { other: refOf(winner.rule), group: group.key });
        idle.add(loser.rule);
      }
    }
  }
}

function isInside(classes: readonly { readonly sure: ReadonlySet<number> }[], tree: number): boolean {
  return classes.length > 0 && classes.every(({ sure }) => sure.has(tree));
}

/** Why a rule does nothing, whatever the products. */
function idleCode(rule: CartRule, look: CartRuleLook, audiences: AudienceLook): WarningCode | undefined {
  if (isOver(rule, look)) return "ended";
  const node = rule.conditions?.node;
  if (!node) return undefined;
  const { typeOf } = look;
  if (neverHolds(node, { typeOf })) return "impossible";
  if (neverHolds(node, { typeOf, isAudience: audiences.isAudience })) return "audiences_gone";
  if (neverHolds(node, { typeOf, isAudience: (each) => !audiences.isEmpty(each) })) return "no_members";
  return undefined;
}

function cannotBoth(a: CartRule, b: CartRule, { typeOf }: CartRuleLook): boolean {
  if (!a.conditions || !b.conditions) return false;
  return neverHolds({ all: [a.conditions.node, b.conditions.node] }, { typeOf }) !== undefined;
}

async function scanProducts(rules: readonly CartRule[], look: CartRuleLook, turn: () => Promise<void>) {
  const { nowMs } = look;
  const trees = new Map<string, Tree>();
  const everywhere = new Map<string, Taker>();
  const needs = new Map<string, Need>();
  const index = createGuardIndex<Tree | Need>();
  const textOf = (node: RuleNode) => JSON.stringify(node);
  const addTaker = (takers: Map<string, Taker>, rule: CartRule) => {
    const text = JSON.stringify([rule.action, rule.isBelowCost]);
    const known = takers.get(text) ?? { rules: [], low: { products: 0, examples: [] } };
    known.rules.push(rule);
    takers.set(text, known);
  };
  for (const rule of rules) {
    await turn();
    for (const node of neededLines(rule)) {
      const text = textOf(node);
      let need = needs.get(text);
      if (!need) {
        const tree = look.read(node);
        const { may } = productTreeOf(tree, look.read);
        need = { test: (subject) => may.rule.test(subject, nowMs), rules: [], isMet: false };
        needs.set(text, need);
        index.add(need, findGuard(may.node, look.typeOf));
      }
      need.rules.push(rule);
    }
    if (!rule.targets) {
      addTaker(everywhere, rule);
      continue;
    }
    const text = textOf(rule.targets.node);
    let tree = trees.get(text);
    if (!tree) {
      tree = { ...productTreeOf(rule.targets, look.read), id: trees.size, takers: new Map(), products: 0 };
      trees.set(text, tree);
      index.add(tree, findGuard(tree.may.node, look.typeOf));
    }
    addTaker(tree.takers, rule);
  }
  const classes = createReachClasses();
  let looked = 0;
  let tests = 0;
  let isWhole = true;
  for (const sku of look.skus) {
    await turn();
    const piece = pieceOf(sku, look.marginFactor ?? costFactor, look);
    const may: number[] = [];
    const unsure: number[] = [];
    const takers: Map<string, Taker>[] = [everywhere];
    for (const each of index.candidates(piece.subject)) {
      tests += 1;
      if (tests % testsATurn === 0) await turn();
      if (!("takers" in each)) {
        each.isMet ||= each.test(piece.subject);
        continue;
      }
      if (!each.may.rule.test(piece.subject, nowMs)) continue;
      may.push(each.id);
      each.products += 1;
      takers.push(each.takers);
      if (each.sure !== each.may && !each.sure.rule.test(piece.subject, nowMs)) unsure.push(each.id);
    }
    if (Number.isFinite(piece.room))
      for (const each of takers)
        for (const taker of each.values()) {
          tests += 1;
          const [first] = taker.rules;
          if (!first || unitOff(first, piece, look.rateOf) <= piece.room) continue;
          taker.low.products += 1;
          if (taker.low.examples.length < shownExamples) taker.low.examples.push(sku);
        }
    may.sort((a, b) => a - b);
    if (
      tests > maxTests ||
      !classes.add(
        sku,
        may,
        unsure.sort((a, b) => a - b),
      )
    ) {
      isWhole = false;
      break;
    }
    looked += 1;
  }
  const all = [...trees.values()];
  const rulesOf = (takers: Map<string, Taker>) => [...takers.values()].flatMap((each) => each.rules);
  const idByRule = new Map(all.flatMap(({ id, takers }) => rulesOf(takers).map((rule) => [rule, id] as const)));
  return {
    ...{ classes, looked, isWhole, needs: [...needs.values()] },
    treeOf: (rule: CartRule): number | null => idByRule.get(rule) ?? null,
    takers: (): readonly Taker[] =>
      [everywhere, ...all.map(({ takers }) => takers)].flatMap((each) => [...each.values()]),
    /** Rules that are for no product. */
    without: (): readonly CartRule[] => all.flatMap(({ products, takers }) => (products === 0 ? rulesOf(takers) : [])),
  };
}
