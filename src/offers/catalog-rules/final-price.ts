import { type CatalogProduct, isSpecialOn } from "../../catalog/index.ts";
import type { Money } from "../../kernel/index.ts";
import { foldCode } from "../fold-code.ts";
import type { PriceContext } from "./catalog-rule.ts";

/** Where a final price came from: the lowest wins, they do not add up. */
export type PriceSource = "list" | "tier" | "special" | "rule";

export type OwnPrices = {
  readonly list: Money;
  /** The lowest price for a group or a quantity that the shopper has reached; null = none. */
  readonly tier: number | null;
  /** Null outside its days. */
  readonly special: number | null;
};

/** @returns null for a product without a list price */
export function ownPrices(
  product: Pick<CatalogProduct, "price" | "specialPrice" | "specialDays" | "tierPrices">,
  context: Pick<PriceContext, "website" | "customerGroup" | "day">,
  qty: number,
): OwnPrices | null {
  const { price: list } = product;
  return (
    list && { list, tier: tierPrice(product, list.currency, context, qty), special: specialPrice(product, context.day) }
  );
}

function specialPrice(
  { price, specialPrice: special, specialDays }: Pick<CatalogProduct, "price" | "specialPrice" | "specialDays">,
  day: number,
) {
  if (!special || special.currency !== price?.currency) return null;
  return isSpecialOn(specialDays, day) ? special.minor : null;
}

function tierPrice(
  { tierPrices }: Pick<CatalogProduct, "tierPrices">,
  currency: string,
  context: Pick<PriceContext, "website" | "customerGroup">,
  qty: number,
): number | null {
  let lowest: number | null = null;
  for (const tier of tierPrices ?? []) {
    if (tier.qty > qty || tier.price.currency !== currency) continue;
    if (tier.group !== undefined && foldCode(tier.group) !== context.customerGroup) continue;
    if (tier.website !== undefined && foldCode(tier.website) !== context.website) continue;
    if (lowest === null || tier.price.minor < lowest) lowest = tier.price.minor;
  }
  return lowest;
}

/** The lowest of what there is; of equal ones the first of list, tier, special, rule. */
export function lowestOf(
  { list, tier, special }: OwnPrices,
  rule: number | null,
): { readonly minor: number; readonly source: PriceSource } {
  let best: { minor: number; source: PriceSource } = { minor: list.minor, source: "list" };
  if (tier !== null && tier < best.minor) best = { minor: tier, source: "tier" };
  if (special !== null && special < best.minor) best = { minor: special, source: "special" };
  if (rule !== null && rule < best.minor) best = { minor: rule, source: "rule" };
  return best;
}
