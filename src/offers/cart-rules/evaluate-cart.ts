import { ClienteleError } from "../../kernel/index.ts";
import { localDayOf, type RuleEnvironment, type RuleObject, type RuleSubject } from "../../kernel/rules/index.ts";
import type { CouponFacts } from "../coupons/index.ts";
import { foldCode } from "../fold-code.ts";
import { type CandidateContext, chooseCandidates, type EnteredCode, type Rejection } from "./choose-candidates.ts";
import { type FreeUnits, taxOfUnit, type UnitResult } from "./ledger.ts";
import { type CartInput, type CartShipping, type PricedCart, priceCart } from "./price-cart.ts";
import type { RuleIndex } from "./rule-index.ts";
import { maxNearMisses, runRules } from "./run-rules.ts";
import { type ShipmentResult, splitShipping } from "./split-shipping.ts";
import type { Verdict } from "./verdict.ts";

export type EvaluationInput = {
  readonly index: RuleIndex;
  readonly cart: CartInput;
  /** As they were entered. */
  readonly couponCodes: readonly string[];
  readonly maxCodes: number;
  readonly facts: CouponFacts;
  readonly website: string;
  readonly storeView: string;
  readonly customerGroup: string;
  readonly customerId: string | null;
  /** Profile, audiences and histories of the shopper; the cart is the one given here. */
  readonly subject: RuleSubject;
  readonly productOf: (sku: string) => RuleObject | undefined;
  readonly nowMs: number;
  /** Zone of the store, in which rules begin and end. */
  readonly timezone: string;
  readonly rateOf: RuleEnvironment["rateOf"];
  /** Of the cost of a product, below which no line goes; millionths, null = no limit. */
  readonly marginFactor?: bigint | null;
  readonly explain: boolean;
  /** Of how many rules to say what they lack, in order; default and most 20. */
  readonly nearMisses?: number | undefined;
};

export type CodeOutcome = {
  readonly entered: string;
  readonly ruleKey: string | null;
  readonly rejection: Rejection | null;
  /** What became of its rule, where it ran. */
  readonly verdict: Verdict | null;
};

/** What rules do to a cart; amounts in minor units of its currency. */
export type Evaluation = {
  readonly cart: PricedCart;
  /** As of when. */
  readonly nowMs: number;
  readonly units: readonly UnitResult[];
  readonly subtotal: number;
  readonly itemDiscount: number;
  /** Of all shipments together. */
  readonly shipping: {
    /** As if nothing shipped free. */
    readonly beforeFree: number;
    /** After free shipping, before discounts. */
    readonly amount: number;
    readonly discount: number;
    readonly byRule: readonly (readonly [string, number])[];
    readonly free: FreeUnits["scope"];
    readonly freeBy: readonly string[];
  };
  /** In the order of the cart; null where it has no shipments. Their amounts add up to those of `shipping`. */
  readonly shipments: readonly ShipmentResult[] | null;
  /** subtotal − itemDiscount + shipping.amount − shipping.discount */
  readonly total: number;
  /** Only where the cart says how it is taxed. */
  readonly tax: { readonly amount: number; readonly totalInclTax: number } | null;
  readonly verdicts: readonly Verdict[];
  readonly codes: readonly CodeOutcome[];
};

/**
 * Evaluates a cart: which rules run for it, what they take from each line and from shipping, what became of each code.
 *
 * Pure and synchronous: the same input gives the same answer in any process, in any order of rules; nothing is counted.
 *
 * @throws {ClienteleError} `offers.amountTooLarge` when amounts leave the range of exact integers
 */
export function evaluateCart(input: EvaluationInput): Evaluation {
  const { cart: given, nowMs } = input;
  const context: CandidateContext = {
    website: foldCode(input.website),
    storeView: input.storeView,
    customerId: input.customerId,
    facts: input.facts,
    nowMs,
    group: foldCode(input.customerGroup),
    today: localDayOf(nowMs, input.timezone),
  };
  const candidates = chooseCandidates(input.index, input.couponCodes, input.maxCodes, context);
  const cart = priceCart(Object.assign({}, given, { couponCodes: acceptedCodes(candidates.codes) }), input.productOf);
  assertExact(cart);
  const run = runRules({
    candidates: candidates.rules,
    cart,
    subject: input.subject,
    facts: input.facts,
    nowMs,
    rateOf: input.rateOf,
    marginFactor: input.marginFactor ?? null,
    explain: input.explain,
    nearMisses: Math.min(input.nearMisses ?? maxNearMisses, maxNearMisses),
  });
  const { ledger, verdicts, shippingAmount, free } = run;
  const subtotal = cart.units.reduce((sum, { row }) => sum + row, 0);
  const itemDiscount = ledger.total();
  const shippingDiscount = ledger.shippingDiscount();
  const total = subtotal - itemDiscount + shippingAmount - shippingDiscount;
  return {
    cart,
    nowMs,
    units: ledger.results(),
    subtotal,
    itemDiscount,
    shipping: {
      beforeFree: run.shippingBeforeFree,
      amount: shippingAmount,
      discount: shippingDiscount,
      byRule: ledger.shippingByRule(),
      free: free.scope,
      freeBy: [...free.givenBy],
    },
    shipments: cart.shipments ? splitShipping(cart, cart.shipments, free, ledger.shippingByRule()) : null,
    total,
    tax: taxTotals(cart, ledger.discountOf, total),
    verdicts,
    codes: outcomesOf(candidates.codes, verdicts),
  };
}

/** What conditions see as the codes in the cart: a code that is unknown, over or used up is not in it. */
function acceptedCodes(codes: readonly EnteredCode[]): readonly string[] {
  return codes.flatMap(({ code, rejection }) => (rejection === null ? [code] : []));
}

/** Beyond this a JSON number is no longer exact; twice, for the tax on top. */
const mostMinor = Number.MAX_SAFE_INTEGER / 2;

function assertExact({ units, input, shipments }: PricedCart): void {
  const rows = units.reduce((sum, { row }) => sum + Math.abs(row), 0);
  const pieces = units.reduce((sum, { qty }) => sum + Number(qty), 0) / 1_000_000 + 1;
  const shipping = shipments
    ? shipments.reduce((sum, each) => sum + mostCharge(each, pieces), 0)
    : mostCharge(input.shipping, pieces);
  if (rows + shipping <= mostMinor) return;
  throw new ClienteleError("offers.amountTooLarge", "the cart comes to more than can be computed exactly: split it");
}

function mostCharge(shipping: CartShipping | undefined, pieces: number): number {
  return Number(shipping?.rate ?? 0) * (shipping?.pricing === "per_item" ? pieces : 1);
}

function taxTotals(cart: PricedCart, discountOf: (unit: number) => number, total: number): Evaluation["tax"] {
  const { tax } = cart.input;
  if (!tax) return null;
  const amount = cart.units.reduce((sum, unit, at) => sum + taxOfUnit(unit, discountOf(at), tax), 0);
  return { amount, totalInclTax: tax.pricesIncludeTax ? total : total + amount };
}

function outcomesOf(codes: readonly EnteredCode[], verdicts: readonly Verdict[]): readonly CodeOutcome[] {
  return codes.map(({ entered, rule, rejection }) => {
    // Codes are few.
    const verdict = (rejection === null && verdicts.find((each) => each.rule === rule)) || null;
    return { entered, ruleKey: rule?.key ?? null, rejection: rejection ?? rejectionBy(verdict), verdict };
  });
}

function rejectionBy(verdict: Verdict | null): Rejection | null {
  if (!verdict) return "inactive_rule";
  const { outcome } = verdict;
  if (outcome === "applied") return null;
  return outcome === "no_rate" ? "conditions_not_met" : outcome;
}
