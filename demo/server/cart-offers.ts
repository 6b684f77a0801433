import { askClientele, type ClienteleAccess, readCents } from "./ask-clientele.ts";
import { type Fields, isFields } from "./form.ts";
import type { PricedLine } from "./lines.ts";
import { money } from "./money.ts";
import { couponMessage, hintOf } from "./offer-texts.ts";
import { type Asker, noOffersNow } from "./price-desk.ts";
import { ShopError } from "./shop-error.ts";
import type { ShippingMethod } from "./totals.ts";

// What cart price rules do to a cart. Clientele is asked with the shop's token, so that the prices of the call count;
// what it answers is checked before a shopper is charged by it.

export type AppliedOffer = {
  readonly rule: string;
  readonly label: string;
  /** What it takes off goods and shipping. */
  readonly minor: number;
};

export type CouponOutcome = {
  readonly code: string;
  readonly isApplied: boolean;
  readonly rule: string | null;
  readonly reason: string | null;
  /** Why it gives nothing, in words for the shopper. */
  readonly message: string | null;
};

export type CartOffers = {
  /** What is taken off each line, in the order of the lines. */
  readonly lineDiscounts: readonly number[];
  /** What standard shipping costs after offers. */
  readonly shippingMinor: number;
  readonly applied: readonly AppliedOffer[];
  readonly coupons: readonly CouponOutcome[];
  /** What is missing for offers that nearly hold. */
  readonly hints: readonly { readonly rule: string; readonly text: string }[];
  readonly gifts: readonly { readonly rule: string; readonly sku: string; readonly add: number }[];
};

export type CartQuestion = {
  readonly lines: readonly PricedLine[];
  readonly method: ShippingMethod;
  /** What shipping costs before offers; 0 for downloads. */
  readonly shippingMinor: number;
  readonly state: string;
  readonly codes: readonly string[];
  readonly asker: Asker;
  /** The price of the goods was agreed on: rules may still give free shipping. */
  readonly isAgreed: boolean;
};

export const noOffers = (question: Pick<CartQuestion, "lines" | "shippingMinor">): CartOffers => ({
  lineDiscounts: question.lines.map(() => 0),
  shippingMinor: question.shippingMinor,
  applied: [],
  coupons: [],
  hints: [],
  gifts: [],
});

const lineId = (index: number): string => `L${index + 1}`;
const partId = (index: number, part: number): string => `${lineId(index)}.${part + 1}`;

function toCartLine(line: PricedLine, index: number, isAgreed: boolean): object {
  const { sku, qty, name, unitMinor, parts } = line;
  const common = { id: lineId(index), sku, qty, name, noDiscount: isAgreed };
  if (!parts) return { ...common, unitPrice: money(unitMinor) };
  const children = parts.map((part, place) => ({
    id: partId(index, place),
    sku: part.sku,
    qty: 1,
    unitPrice: money(part.unitMinor),
    noDiscount: isAgreed,
  }));
  return { ...common, productType: "bundle_dynamic", children };
}

/** The cart as `POST /v1/offers/evaluate` takes it. */
export function toEvaluation(question: CartQuestion, storeView: string): Fields {
  const { lines, method, shippingMinor, state, codes, asker, isAgreed } = question;
  return {
    storeView,
    ...(asker.anonymousId !== null && { identity: { anonymousId: asker.anonymousId } }),
    ...(asker.customerId !== null && { customer: { id: asker.customerId } }),
    cart: {
      currency: "USD",
      lines: lines.map((line, index) => toCartLine(line, index, isAgreed)),
      couponCodes: codes,
      ...(lines.some(({ needsShipping }) => needsShipping) && {
        shipping: {
          method,
          pricing: "per_order",
          rate: money(shippingMinor),
          country: "US",
          ...(state !== "" && { region: state }),
        },
      }),
    },
  };
}

/** An answer that does not add up is worth as much as none. */
function need(cents: number | undefined, maxMinor: number): number {
  if (cents === undefined || cents > maxMinor) throw noOffersNow();
  return cents;
}

const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});

function readLineDiscounts(answer: Fields, lines: readonly PricedLine[]): readonly number[] {
  const units = fieldsOf(answer["lines"]);
  const discountOf = (id: string, maxMinor: number): number =>
    need(readCents(fieldsOf(units[id])["discount"]), maxMinor);
  return lines.map(({ lineMinor, parts, qty }, index) =>
    parts
      ? parts.reduce((sum, { unitMinor }, place) => sum + discountOf(partId(index, place), unitMinor * qty), 0)
      : discountOf(lineId(index), lineMinor),
  );
}

function readApplied(answer: Fields): readonly AppliedOffer[] {
  const labels = new Map(list(answer["labels"]).map(({ rule, text }) => [rule, String(text)]));
  const minorByRule = new Map<string, number>();
  for (const { rule, kind, amount } of list(answer["effects"])) {
    if (kind !== "line_discount" && kind !== "shipping_discount") continue;
    minorByRule.set(String(rule), (minorByRule.get(String(rule)) ?? 0) + (readCents(amount) ?? 0));
  }
  const applied = Array.isArray(answer["applied"]) ? answer["applied"].map(String) : [];
  return applied.map((rule) => ({ rule, label: labels.get(rule) ?? "Discount", minor: minorByRule.get(rule) ?? 0 }));
}

function readCoupons(answer: Fields, codes: readonly string[]): readonly CouponOutcome[] {
  const outcomes = fieldsOf(answer["coupons"]);
  return codes.map((code) => {
    const outcome = fieldsOf(outcomes[code]);
    const isApplied = outcome["status"] === "applied";
    const reason = typeof outcome["reason"] === "string" ? outcome["reason"] : null;
    const rule = typeof outcome["rule"] === "string" ? outcome["rule"] : null;
    return { code, isApplied, rule, reason, message: isApplied ? null : couponMessage(reason) };
  });
}

/** @throws {ShopError} 503 for an answer that does not fit the cart */
export function readOffers(answer: unknown, { lines, codes, shippingMinor }: CartQuestion): CartOffers {
  if (!isFields(answer)) throw noOffersNow();
  const lineDiscounts = readLineDiscounts(answer, lines);
  const totals = fieldsOf(answer["totals"]);
  const subtotal = lines.reduce((sum, { lineMinor }) => sum + lineMinor, 0);
  const discount = lineDiscounts.reduce((sum, minor) => sum + minor, 0);
  if (readCents(totals["subtotal"]) !== subtotal || readCents(totals["itemDiscount"]) !== discount) throw noOffersNow();
  const shippingBefore = need(readCents(totals["shipping"]), shippingMinor);
  return {
    lineDiscounts,
    shippingMinor: shippingBefore - need(readCents(totals["shippingDiscount"]), shippingBefore),
    applied: readApplied(answer),
    coupons: readCoupons(answer, codes),
    hints: list(answer["nearMisses"])
      .flatMap((near) => hintOf(near) ?? [])
      .slice(0, 3),
    gifts: list(answer["gifts"]).flatMap(({ rule, sku, add }) =>
      typeof sku === "string" && typeof add === "number" && add > 0 ? [{ rule: String(rule), sku, add }] : [],
    ),
  };
}

const timeLimitMs = 5_000;

/** @throws {ShopError} 503 when Clientele gives no answer that can be used */
export async function evaluateCart(
  access: ClienteleAccess,
  question: CartQuestion,
  storeView: string,
): Promise<CartOffers> {
  const evaluation = toEvaluation(question, storeView);
  const { status, body } = await askClientele(access, "/v1/offers/evaluate", {
    body: evaluation,
    timeoutMs: timeLimitMs,
  });
  if (status !== 200) throw noOffersNow();
  return readOffers(body, question);
}

/** Every rule that was looked at, with its conditions and the values seen. @throws {ShopError} 503 */
export async function explainCart(
  access: ClienteleAccess,
  question: CartQuestion,
  storeView: string,
): Promise<{ readonly explain: unknown; readonly offers: CartOffers }> {
  const body = { ...toEvaluation(question, storeView), explain: true };
  const answer = await askClientele(access, "/v1/offers/evaluate", { body, timeoutMs: timeLimitMs });
  if (answer.status !== 200 || !isFields(answer.body))
    throw new ShopError(503, "noExplanation", "The explanation is not available at the moment.");
  return { explain: answer.body["explain"] ?? null, offers: readOffers(answer.body, question) };
}
