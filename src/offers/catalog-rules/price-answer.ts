import { Type } from "typebox";
import type { CatalogProduct, RequiredOption } from "../../catalog/index.ts";
import { moneySchema } from "../../http/index.ts";
import { ClienteleError, type Money } from "../../kernel/index.ts";
import type { CatalogPrices, PriceAsker } from "./create-catalog-prices.ts";

const maybe = Type.Union([moneySchema, Type.Null()]);

export const priceFields = {
  sku: Type.String(),
  pricedSku: Type.String({ description: "The variant that the price is of" }),
  qty: Type.Number(),
  listPrice: maybe,
  finalPrice: maybe,
  rulePrice: maybe,
  tierPrice: maybe,
  specialPrice: maybe,
  optionsPrice: Type.Union([moneySchema, Type.Null()], {
    description: "What required options add to the lowest price; null = nothing, or of a bundle or grouped product",
  }),
  source: Type.String({
    description: "The lowest: list, tier, special or rule; parts = of a bundle or grouped product",
  }),
};

/** Answered with explain. */
export const optionsSchema = Type.Array(
  Type.Object({
    title: Type.String(),
    value: Type.Union([Type.String(), Type.Null()], { description: "The cheapest choice; null = there is no choice" }),
    price: moneySchema,
  }),
  { description: "Required options, which are part of the final price" },
);

export const stateSchema = Type.Union([Type.Literal("ready"), Type.Literal("computing")], {
  description: "computing: after a start, until lists are sorted and filtered by these prices too",
});

/** Who a call says that it asks for, beside the identity. */
export type PriceCall = {
  /** Believed from a server only. */
  readonly group: string | undefined;
  /** ISO. */
  readonly at: string | undefined;
};

type Caller = { readonly kind: string; readonly scopes: readonly string[] };

/** A browser may claim any group; a server knows it. */
export function isServer({ kind }: Caller): boolean {
  return kind === "token" || kind === "session";
}

/** @throws {ClienteleError} `access.forbidden` for what only the shop's people may ask */
export function checkCall({ scopes }: Caller, explain: boolean, at: string | undefined): void {
  if ((explain || at !== undefined) && !scopes.includes("read"))
    throw new ClienteleError("access.forbidden", "explain and at need a token with the scope read");
}

export function askerOf(found: PriceAsker, caller: Caller, { group, at }: PriceCall): PriceAsker {
  return {
    ...found,
    ...(group !== undefined && isServer(caller) ? { customerGroup: group } : {}),
    ...(at === undefined ? {} : { at: Date.parse(at) }),
  };
}

/** What a product costs somebody, with what every rule did to it; of a bundle or grouped product, what its parts cost. */
export function priceOf(
  prices: Pick<CatalogPrices, "explain" | "pricesFor">,
  product: CatalogProduct,
  asker: PriceAsker,
  { qty, look }: { readonly qty: number; readonly look: "all" | "reaching" },
) {
  const { sku } = product;
  const explained = prices.explain(sku, asker, qty, look);
  if (explained) {
    const { price } = explained;
    return {
      ...{ sku, qty, pricedSku: explained.pricedSku, listPrice: price.list, finalPrice: price.finalPrice },
      ...{ rulePrice: price.rulePrice, tierPrice: price.tier, specialPrice: price.special, source: price.source },
      optionsPrice: sumOf(price.options),
      options: price.options,
      outcomes: price.outcomes,
    };
  }
  const list = prices.pricesFor(asker);
  return {
    ...{ sku, qty, pricedSku: sku, listPrice: product.price },
    finalPrice: list ? list.finalPriceOf(product) : product.finalPrice,
    ...{ rulePrice: null, tierPrice: null, specialPrice: null, source: "parts", outcomes: [] },
    ...{ optionsPrice: null, options: noOptions },
  };
}

const noOptions: readonly RequiredOption[] = [];

/** What required options add to a price; null = nothing. */
export function sumOf(options: readonly RequiredOption[]): Money | null {
  const [first] = options;
  if (!first) return null;
  return { minor: options.reduce((sum, { price }) => sum + price.minor, 0), currency: first.price.currency };
}
