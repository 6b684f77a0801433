// The live cart price rules, compiled and indexed: anew when a definition is published or an attribute of the shop changes.
import type { LiveDefinition } from "../../definitions/index.ts";
import { createTurn, sha256Hex } from "../../kernel/index.ts";
import {
  type AttributeCatalog,
  type CompiledRule,
  parseLocalDate,
  type RuleNode,
  type RuleUse,
} from "../../kernel/rules/index.ts";
import { normaliseCode } from "../coupons/index.ts";
import { foldCode } from "../fold-code.ts";
import { type CartRule, defaultGroup, type RuleGroup, type RuleTree } from "./cart-rule.ts";
import type { CartRuleBody } from "./cart-rule-body.ts";
import { canNearlyHold } from "./failing-leaf.ts";
import type { PriceRuleGroupBody } from "./price-rule-group.ts";
import { createRuleIndex, type RuleIndex } from "./rule-index.ts";

/** What this part asks of the rules of the shop. */
export type ShopRules = {
  /** Every attribute that a rule may name; another object when one changes. */
  readonly attributes: () => AttributeCatalog;
  readonly read: (rule: unknown, options: { readonly use: RuleUse }) => RuleTree;
};

type Definition = LiveDefinition<CartRuleBody>;
type Body = Pick<CartRuleBody, "conditions" | "targets"> & { readonly action?: CartRuleBody["action"] };
type Trees = Pick<CartRule, "conditions" | "targets" | "bought" | "got" | "isNearable">;

/** Compiles a tree when somebody first asks for it. A class: getters of literals would give each of thousands of trees a shape of its own. */
class LazyTree implements RuleTree {
  readonly #read: () => RuleTree;
  #made: RuleTree | undefined;

  constructor(read: () => RuleTree) {
    this.#read = read;
  }

  get node(): RuleNode {
    this.#made ??= this.#read();
    return this.#made.node;
  }

  get rule(): CompiledRule {
    this.#made ??= this.#read();
    return this.#made.rule;
  }
}

type MakeTree = (tree: unknown, use: RuleUse) => RuleTree;

/**
 * One tree for all rules that say the same: many are for the same few brands and categories, and which lines of a cart those are is
 * found once for a tree.
 */
function createTreePool(rules: ShopRules) {
  const pool = new Map<string, RuleTree>();
  const make: MakeTree = (tree, use) => {
    const text = `${use} ${JSON.stringify(tree)}`;
    const made = pool.get(text) ?? new LazyTree(() => rules.read(tree, { use }));
    pool.set(text, made);
    return made;
  };
  return {
    make,
    /** Forgets all trees once there are many more than that: those of rules of before. */
    shrink: (needed: number): void => {
      if (pool.size > 2 * needed + spareTrees) pool.clear();
    },
  };
}

const spareTrees = 1_000;

/** The trees of a rule, each compiled when somebody first asks for it. */
export function treesOf(rules: ShopRules, body: Body): Trees {
  return treesBy((tree, use) => new LazyTree(() => rules.read(tree, { use })), body);
}

function treesBy(make: MakeTree, { conditions, targets, action }: Body): Trees {
  const lazily = (tree: unknown, use: RuleUse): RuleTree | null => (tree === undefined ? null : make(tree, use));
  const isBuying = action?.type === "buy_get";
  return {
    conditions: lazily(conditions, "cart_rule"),
    targets: lazily(targets, "cart_action"),
    bought: lazily(isBuying ? action.buy : undefined, "cart_action"),
    got: lazily(isBuying ? action.get : undefined, "cart_action"),
    // What is published was checked: it has the shape of a rule.
    isNearable: conditions !== undefined && canNearlyHold(conditions as RuleNode),
  };
}

function foldAll(codes: readonly string[] | undefined): ReadonlySet<string> | null {
  return codes ? new Set(codes.map(foldCode)) : null;
}

export function toCartRule(definition: Definition, trees: Trees, group: RuleGroup = defaultGroup): CartRule {
  const { id, key, name, scope, window, body } = definition;
  const { coupon, labels, budget, combinesWith } = body;
  return {
    id,
    key,
    name,
    group,
    priority: body.priority,
    isActive: true,
    window,
    storeViews: scope.storeViews,
    conditions: trees.conditions,
    targets: trees.targets,
    bought: trees.bought,
    got: trees.got,
    isNearable: trees.isNearable,
    websites: foldAll(body.websites),
    customerGroups: foldAll(body.customerGroups),
    fromDay: parseLocalDate(body.from) ?? null,
    toDay: parseLocalDate(body.to) ?? null,
    coupon: coupon?.type ?? "none",
    code:
      coupon?.type === "specific" ? { text: normaliseCode(coupon.code), limit: coupon.usesPerCoupon ?? null } : null,
    usesPerCustomer: body.usesPerCustomer ?? null,
    budget: { uses: budget?.uses ?? null, spend: budget?.spend ?? null, isPartial: budget?.partial ?? false },
    action: body.action,
    combination: {
      class: body.class ?? (body.targets === undefined ? "order" : "product"),
      tags: body.tags ?? [],
      with: combinesWith ? { classes: combinesWith.classes ?? [], tags: combinesWith.tags ?? [] } : null,
    },
    seesDiscounts: body.conditionsSeeDiscounts ?? false,
    isBelowCost: body.belowCost ?? false,
    freeShipping: body.freeShipping ?? null,
    stop: body.stop ?? false,
    rewardPoints: body.rewardPoints ?? 0,
    labels: {
      ...(labels?.default === undefined ? {} : { default: labels.default }),
      ...(labels?.storeViews === undefined ? {} : { storeViews: labels.storeViews }),
    },
    description: body.description ?? "",
    blocks: body.blocks ?? [],
  };
}

function groupsOf(live: readonly LiveDefinition<PriceRuleGroupBody>[]): ReadonlyMap<string, RuleGroup> {
  return new Map(
    live.map(({ key, body }) => [key, { key, priority: body.priority, mode: body.mode, per: body.per ?? "cart" }]),
  );
}

const noGroups: readonly LiveDefinition<PriceRuleGroupBody>[] = [];

type Made = { readonly trees: Trees; readonly rule: CartRule };

/**
 * The index of the live rules. A rule is compiled when a cart first comes to it, and once for a definition as it stands: an edit among
 * thousands of rules costs an index, not thousands of compilations.
 */
export function createLiveRules(
  rules: ShopRules,
  live: () => readonly Definition[],
  liveGroups: () => readonly LiveDefinition<PriceRuleGroupBody>[] = () => noGroups,
) {
  let definitions: readonly Definition[] | undefined;
  let groupDefinitions: readonly LiveDefinition<PriceRuleGroupBody>[] | undefined;
  let attributes: AttributeCatalog | undefined;
  let groups: ReadonlyMap<string, RuleGroup> = new Map();
  let made = new WeakMap<Definition, Made>();
  let pool = createTreePool(rules);
  let index = createRuleIndex([], "");
  const ruleOf = (definition: Definition): CartRule => {
    const group = groups.get(definition.body.group ?? "") ?? defaultGroup;
    const known = made.get(definition);
    if (known?.rule.group === group) return known.rule;
    const trees = known?.trees ?? treesBy(pool.make, definition.body);
    const rule = toCartRule(definition, trees, group);
    made.set(definition, { trees, rule });
    return rule;
  };
  const current = (): RuleIndex => {
    const [nowLive, nowGroups, nowAttributes] = [live(), liveGroups(), rules.attributes()];
    if (nowLive === definitions && nowGroups === groupDefinitions && nowAttributes === attributes) return index;
    // Trees were compiled for the attributes of before.
    if (nowAttributes !== attributes) {
      made = new WeakMap();
      pool = createTreePool(rules);
    }
    if (nowGroups !== groupDefinitions) groups = groupsOf(nowGroups);
    const versions = [...nowLive, ...nowGroups].map(({ id, version }) => `${id}/${version}`);
    index = createRuleIndex(nowLive.map(ruleOf), sha256Hex(versions.sort().join("\n")).slice(0, 16), groups);
    [definitions, groupDefinitions, attributes] = [nowLive, nowGroups, nowAttributes];
    pool.shrink(nowLive.length);
    return index;
  };
  let isWarming = false;
  return Object.assign(current, {
    /** Compiles what is not compiled yet, some milliseconds at a time, so that no cart waits for it. Never fails. */
    warm: async (): Promise<void> => {
      if (isWarming) return;
      isWarming = true;
      try {
        for (let done: RuleIndex | undefined; done !== current(); ) {
          done = index;
          await compileInTurns([...done.byKey.values()], () => done === index);
        }
      } finally {
        isWarming = false;
      }
    },
  });
}

/** Short beside what an answer may take. */
const turnMs = 5;

async function compileInTurns(rules: readonly CartRule[], isCurrent: () => boolean): Promise<void> {
  const turn = createTurn(turnMs);
  for (const rule of rules) {
    // Asking for a tree compiles it.
    for (const tree of [rule.conditions, rule.targets, rule.bought, rule.got]) void tree?.rule;
    await turn();
    if (!isCurrent()) return;
  }
}
