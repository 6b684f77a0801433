import type { LiveDefinition } from "../../definitions/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import { localDayOf, type RuleEnvironment, type RuleObject, type RuleSubject } from "../../kernel/rules/index.ts";
import type { Cart } from "../../profiles/index.ts";
import type { CouponFacts } from "../coupons/index.ts";
import { foldCode } from "../fold-code.ts";
import { type NearMiss, nearMissesOf } from "./answer.ts";
import type { CartRule } from "./cart-rule.ts";
import type { CartRuleBody } from "./cart-rule-body.ts";
import { type LookUpCoupons, noCoupons } from "./coupon-facts.ts";
import { type CartRuleDraft, compileDraft, withDraft, withDraftCodes } from "./draft-rule.ts";
import { type Evaluation, evaluateCart } from "./evaluate-cart.ts";
import { readScaled } from "./exact.ts";
import { createLiveRules, type ShopRules } from "./live-rules.ts";
import { cartInputOf } from "./open-cart.ts";
import { createOwnCodes } from "./own-codes.ts";
import type { CartInput } from "./price-cart.ts";
import type { PriceRuleGroupBody } from "./price-rule-group.ts";
import { type ConflictDeps, findConflicts, type RuleReach } from "./rule-conflicts.ts";
import type { RuleIndex } from "./rule-index.ts";
import { codesBeside, createRulesBeside, type RuleChange } from "./rules-beside.ts";
import { type SkippedRule, skippedRules } from "./skipped-rules.ts";

export type CartRulesDeps = {
  readonly live: () => readonly LiveDefinition<CartRuleBody>[];
  /** Default: none, so that all rules run one after the other. */
  readonly liveGroups?: () => readonly LiveDefinition<PriceRuleGroupBody>[];
  readonly rules: ShopRules & {
    readonly productOf: (sku: string) => RuleObject | undefined;
    /** Zone of the store, in which rules begin and end. */
    readonly timezone: string;
  };
  readonly rateOf: RuleEnvironment["rateOf"];
  /** Codes and their uses; default: codes that stand in rules, as if nobody had used one yet. */
  readonly look?: LookUpCoupons;
  /** SKUs of the catalog, for who asks which products a rule reaches; default none. */
  readonly skus?: () => Iterable<string>;
  /** Of products without a price; default USD. */
  readonly currency?: string;
  /** Website of a store view. */
  readonly websiteOf: (storeView: string) => string;
  /** Different coupon codes that count in one cart; default 5. */
  readonly maxCodes?: number;
  /** No line goes below the cost of its product times this, as decimal text; default: no limit. */
  readonly marginFactor?: string | undefined;
};

/** Somebody with a cart. What a browser merely claims of them stays out. */
export type Shopper = {
  readonly profileId: string | null;
  /** Of a registered customer; null = a guest, whom limits for each customer do not bind. */
  readonly customerId: string | null;
  /** Of a guest, as a server tells it: limits for each customer can be made to bind guests by it. */
  readonly email?: string | undefined;
  readonly customerGroup: string;
  readonly storeView: string;
  /** Default: that of the store view. */
  readonly website?: string | undefined;
  readonly subject: RuleSubject;
};

export type EvaluateCall = {
  readonly cart: CartInput;
  readonly couponCodes: readonly string[];
  readonly shopper: Shopper;
  readonly nowMs: number;
  readonly explain?: boolean;
  /** A rule as if it were published. */
  readonly draft?: CartRuleDraft | undefined;
};

/** By which rules a cart was judged, and what was known then of codes and uses. */
export type JudgedBy = { readonly rules: RuleIndex; readonly facts: CouponFacts };
export type Judged = JudgedBy & { readonly evaluation: Evaluation };

/** Keys of rules by what they are for a cart. */
export type FiringRules = {
  /** They reach a line or shipping. */
  readonly applied: readonly string[];
  /** One amount or quantity more would bring them about; the first in order. */
  readonly nearMisses: readonly NearMiss[];
};

/** Rules in effect, with what a look at their conflicts takes. */
export type CartRuleLook = ConflictDeps & { readonly rules: readonly CartRule[] };

const defaultMaxCodes = 5;
export const nothingFires: FiringRules = { applied: [], nearMisses: [] };

/** Cart price rules of the shop: evaluated for carts, counting nothing. */
export function createCartRules(deps: CartRulesDeps) {
  const index = createLiveRules(deps.rules, deps.live, deps.liveGroups);
  const look = deps.look ?? createOwnCodes(index);
  const marginFactor = deps.marginFactor === undefined ? null : (readScaled(deps.marginFactor) ?? null);
  /** The rules in effect once those of a later time have taken their places. For previews: the index is made for one call. */
  const indexWith = (toCome: readonly LiveDefinition<unknown>[]): RuleIndex => {
    const byId = new Map(toCome.map((each) => [each.id, each]));
    // What has the id of a definition is of its kind.
    const after = <B>(list: readonly LiveDefinition<B>[]) =>
      list.map((each) => (byId.get(each.id) as LiveDefinition<B> | undefined) ?? each);
    return createLiveRules(
      deps.rules,
      () => after(deps.live()),
      () => after(deps.liveGroups?.() ?? []),
    )();
  };
  const evaluateWith = (
    call: EvaluateCall,
    facts: Awaited<ReturnType<LookUpCoupons>>,
    rules: RuleIndex = index(),
    nearMisses?: number,
  ): Evaluation => {
    const { shopper } = call;
    return evaluateCart({
      index: rules,
      cart: call.cart,
      couponCodes: call.couponCodes,
      maxCodes: deps.maxCodes ?? defaultMaxCodes,
      facts,
      website: shopper.website ?? deps.websiteOf(shopper.storeView),
      storeView: shopper.storeView,
      customerGroup: shopper.customerGroup,
      customerId: shopper.customerId,
      subject: shopper.subject,
      productOf: deps.rules.productOf,
      nowMs: call.nowMs,
      timezone: deps.rules.timezone,
      rateOf: deps.rateOf,
      marginFactor,
      explain: call.explain ?? false,
      nearMisses,
    });
  };
  /** The rules in effect with the draft of a call among them, and what is known of its codes. */
  const rulesOf = async ({ couponCodes, draft, shopper }: EvaluateCall) => {
    const { profileId, customerId, email } = shopper;
    const facts = await look(couponCodes, { profileId, customerId, email });
    if (!draft) return { rules: index(), facts };
    const live = index();
    const rule = compileDraft(deps.rules, draft, live);
    return { rules: withDraft(live, rule), facts: withDraftCodes(facts, rule, draft, couponCodes) };
  };
  const judge = async (call: EvaluateCall): Promise<Judged> => {
    const { rules, facts } = await rulesOf(call);
    return { rules, facts, evaluation: evaluateWith(call, facts, rules) };
  };
  const looks = (nowMs: number): ConflictDeps => ({
    skus: deps.skus?.() ?? [],
    productOf: deps.rules.productOf,
    read: (node) => deps.rules.read(node, { use: "cart_action" }),
    typeOf: (path) => deps.rules.attributes().find(path)?.type,
    currency: deps.currency ?? "USD",
    ...{ rateOf: deps.rateOf, marginFactor, nowMs, today: localDayOf(nowMs, deps.rules.timezone) },
  });
  return {
    /** What is known of codes, and how much of every limit is used. */
    look,
    /** Compiles the live rules now instead of at the first call that comes to them, in short turns. Never fails. */
    warm: index.warm,
    /** Hash of the rules in effect. */
    version: (): string => index().version,
    /**
     * What the rules do to a cart. May be repeated: nothing is counted.
     *
     * @throws {ClienteleError} `offers.amountTooLarge`
     */
    evaluate: async (call: EvaluateCall): Promise<Evaluation> => (await judge(call)).evaluation,
    /** As `evaluate`, with what it went by. */
    judge,
    /**
     * What given rules do to a cart, from memory, without near misses. May be repeated.
     *
     * @throws {ClienteleError} `offers.amountTooLarge`
     */
    judgeBy: (call: EvaluateCall, { rules, facts }: JudgedBy): Evaluation => evaluateWith(call, facts, rules, 0),
    /** Rules that are not published beside those of a judgement; of uses and budgets counts what is known of the live rules. */
    beside: (change: RuleChange) => {
      const rulesBeside = createRulesBeside(deps.rules, change);
      return ({ couponCodes }: Pick<EvaluateCall, "couponCodes">, by: JudgedBy): JudgedBy => {
        const rules = rulesBeside(by.rules);
        return { rules, facts: codesBeside(by.facts, rules, couponCodes) };
      };
    },
    /** Rules that were not looked at in an evaluation of this call, and why; at most 201. */
    skipped: async (call: EvaluateCall, { verdicts }: Evaluation): Promise<readonly SkippedRule[]> => {
      const { rules, facts } = await rulesOf(call);
      const { shopper, nowMs } = call;
      const context = {
        ...{ facts, nowMs, storeView: shopper.storeView, customerId: shopper.customerId },
        website: foldCode(shopper.website ?? deps.websiteOf(shopper.storeView)),
        group: foldCode(shopper.customerGroup),
        today: localDayOf(nowMs, deps.rules.timezone),
      };
      return skippedRules(rules, new Set(verdicts.map(({ rule }) => rule.key)), context, call.draft?.key);
    },
    /**
     * Products that a rule reaches, and published rules that reach the same ones. Takes up to a second of work at 50,000 products,
     * in turns of 8 ms.
     */
    conflicts: (draft: CartRuleDraft, nowMs: number): Promise<RuleReach> => {
      const live = index();
      return findConflicts(compileDraft(deps.rules, draft, live), [...live.byKey.values()], looks(nowMs));
    },
    /** The rules in effect, in any order, and what a look at their conflicts takes. */
    toSurvey: (nowMs: number): CartRuleLook => ({ ...looks(nowMs), rules: [...index().byKey.values()] }),
    /**
     * Which rules fire for an open cart, from memory: for blocks that are shown with a rule and for clients that ask which rules a cart
     * has. Codes and uses are those of `facts`; without them no code is known and nothing is used up.
     */
    rulesThatFire: (
      call: Omit<EvaluateCall, "cart" | "couponCodes"> & {
        readonly cart: Cart | null;
        readonly currency: string;
        readonly couponCodes?: readonly string[];
        readonly facts?: CouponFacts;
        /** Versions that replace those in effect by the time of the call; default none. */
        readonly rulesToCome?: readonly LiveDefinition<unknown>[] | undefined;
      },
    ): FiringRules => {
      const rules = call.rulesToCome?.length ? indexWith(call.rulesToCome) : index();
      const cart = cartInputOf(call.cart, call.currency);
      let evaluation: Evaluation;
      try {
        const given = { ...call, cart, couponCodes: call.couponCodes ?? [] };
        evaluation = evaluateWith(given, call.facts ?? noCoupons, rules);
      } catch (error) {
        // Browsers write open carts: what nobody can pay for fires nothing, and the page goes on.
        if (error instanceof ClienteleError && error.code === "offers.amountTooLarge") return nothingFires;
        throw error;
      }
      const { verdicts } = evaluation;
      return {
        applied: verdicts.filter(({ outcome }) => outcome === "applied").map(({ rule }) => rule.key),
        nearMisses: nearMissesOf(evaluation, call.shopper.storeView),
      };
    },
  };
}

export type CartRules = ReturnType<typeof createCartRules>;
