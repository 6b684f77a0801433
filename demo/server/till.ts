import type { ClienteleAccess } from "./ask-clientele.ts";
import { type CartOffers, type CartQuestion, evaluateCart, explainCart, noOffers } from "./cart-offers.ts";
import type { ShopCatalog } from "./catalog.ts";
import { createFailureCounter } from "./failure-counter.ts";
import { type Line, type PricedLine, pricedSkus, priceLine, priceLines } from "./lines.ts";
import { type Asker, noOffersNow, type PriceDesk } from "./price-desk.ts";
import { ShopError } from "./shop-error.ts";
import { computeTotals, discountLines, type ShippingMethod, shippingBeforeOffers, type Totals } from "./totals.ts";

// The one place that works out what a cart costs: pages show its bill, and orders are written from it.

export type BillRequest = {
  readonly lines: readonly Line[];
  readonly method: ShippingMethod;
  readonly state: string;
  readonly codes: readonly string[];
  readonly asker: Asker;
  /** What a quote takes off these lines. */
  readonly agreedMinorOf: (lines: readonly PricedLine[]) => number;
};

export type Bill = {
  readonly lines: readonly PricedLine[];
  readonly totals: Totals;
  readonly offers: CartOffers;
  readonly agreedMinor: number;
  /** False: Clientele gave no answer, and this is the price without offers and codes. */
  readonly hasOffers: boolean;
};

export type Till = {
  /** The bill with offers. @throws {ShopError} 422 for lines that cannot be bought, 503 without an answer of Clientele */
  reckon(request: BillRequest): Promise<Bill>;
  /** The bill without offers, from the shop's own catalog; what a shopper may settle for while Clientele is away. */
  reckonAlone(request: BillRequest): Bill;
  /** For the pages: as `reckon`, else as `reckonAlone`; lines that cannot be bought are left out. */
  show(request: BillRequest): Promise<Bill>;
  /** Which rules were looked at and what each saw. @throws {ShopError} as `reckon` */
  explain(request: BillRequest): Promise<{ readonly explain: unknown; readonly offers: CartOffers }>;
};

const maxCodes = 5;
const maxGuesses = 10;
const guessWindowMs = 10 * 60_000;

/** Codes as a shopper entered them, each once. */
export function readCodes(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  const texts = value.slice(0, 2 * maxCodes).filter((one): one is string => typeof one === "string");
  const codes = texts.map((code) => code.trim().toUpperCase()).filter((code) => code !== "" && code.length <= 64);
  return [...new Set(codes)].slice(0, maxCodes);
}

/** Slows down who tries codes. One that was unknown once counts once, however often its page asks again. */
export function createCodeGuard(now: () => number) {
  const message = "You have tried too many codes. Please wait ten minutes.";
  const failures = createFailureCounter({ now, max: maxGuesses, windowMs: guessWindowMs, message });
  const counted = createFailureCounter({ now, max: 1, windowMs: guessWindowMs, message });
  const isCounted = (key: string): boolean => {
    try {
      counted.check(key);
      return false;
    } catch (cause) {
      if (cause instanceof ShopError) return true;
      throw cause;
    }
  };
  return {
    /** @throws {ShopError} 429 */
    check: (who: string, codes: readonly string[]): void => {
      if (codes.some((code) => !isCounted(`${who} ${code}`))) failures.check(who);
    },
    count: (who: string, { coupons }: CartOffers): void => {
      for (const { code, reason } of coupons) {
        const key = `${who} ${code}`;
        if (reason !== "unknown_code" || isCounted(key)) continue;
        counted.count(key);
        failures.count(who);
      }
    },
  };
}

export function createTill(deps: {
  readonly access: ClienteleAccess;
  readonly catalog: ShopCatalog;
  readonly prices: PriceDesk;
  readonly storeView: string;
}): Till {
  const { access, catalog, prices, storeView } = deps;

  const billOf = (lines: readonly PricedLine[], offers: CartOffers, request: BillRequest, hasOffers: boolean): Bill => {
    const { method, state } = request;
    const agreedMinor = request.agreedMinorOf(lines);
    const totals = computeTotals(lines, offers, { method, state, agreedMinor });
    return { lines: discountLines(lines, offers), totals, offers, agreedMinor, hasOffers };
  };

  const questionOf = (lines: readonly PricedLine[], request: BillRequest): CartQuestion => ({
    ...request,
    lines,
    shippingMinor: shippingBeforeOffers(lines),
    isAgreed: request.agreedMinorOf(lines) > 0,
  });

  const evaluated = async (lines: readonly PricedLine[], request: BillRequest): Promise<Bill> => {
    const question = questionOf(lines, request);
    const offers = lines.length === 0 ? noOffers(question) : await evaluateCart(access, question, storeView);
    return billOf(lines, offers, request, true);
  };

  const alone = (lines: readonly PricedLine[], request: BillRequest): Bill =>
    billOf(lines, noOffers({ lines, shippingMinor: shippingBeforeOffers(lines) }), request, false);

  const known = (request: BillRequest): readonly Line[] =>
    request.lines.filter((line) => priceLine(catalog, line) !== null);

  return {
    reckon: async (request) => {
      priceLines(catalog, request.lines);
      const list = await prices.exact(pricedSkus(request.lines), request.asker);
      return evaluated(priceLines(catalog, request.lines, list), request);
    },
    reckonAlone: (request) => alone(priceLines(catalog, request.lines), request),
    show: async (request) => {
      const lines = known(request);
      try {
        const list = await prices.exact(pricedSkus(lines), request.asker);
        return await evaluated(priceLines(catalog, lines, list), request);
      } catch (cause) {
        if (cause instanceof ShopError && cause.code === noOffersNow().code)
          return alone(priceLines(catalog, lines), request);
        throw cause;
      }
    },
    explain: async (request) => {
      const list = await prices.exact(pricedSkus(request.lines), request.asker);
      const lines = priceLines(catalog, request.lines, list);
      return explainCart(access, questionOf(lines, request), storeView);
    },
  };
}
