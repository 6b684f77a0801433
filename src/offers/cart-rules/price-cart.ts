// A cart as the rules see it: lines with their parts, and the units that can be discounted.
import { divideHalfUp } from "../../kernel/index.ts";
import type { RuleObject } from "../../kernel/rules/index.ts";
import { type Amounts, rowOf } from "./amounts.ts";
import { decimalOf, scale, wholeOf } from "./exact.ts";

export type CartLineInput = {
  readonly id: string;
  readonly sku: string;
  /** Millionths; of a part: for one of its parent. */
  readonly qty: bigint;
  /** Millionths of a minor unit. */
  readonly price: bigint;
  /** Millionths, of one unit. */
  readonly weight?: bigint | undefined;
  readonly name?: string | undefined;
  readonly noDiscount?: boolean | undefined;
  /** `bundle_dynamic`: the parts carry price and discount; otherwise the line does. */
  readonly productType?: string | undefined;
  /** Percent in millionths; default that of the cart. */
  readonly taxRate?: bigint | undefined;
  /** Facts of the product beside those of the catalog. */
  readonly attributes?: RuleObject | undefined;
  readonly children?: readonly CartLineInput[] | undefined;
};

export type CartAddress = {
  readonly country?: string | undefined;
  readonly region?: string | undefined;
  readonly regionId?: string | undefined;
  readonly postcode?: string | undefined;
};

export type CartShipping = CartAddress & {
  readonly method?: string | undefined;
  readonly pricing: "per_order" | "per_item";
  /** Minor units before free shipping. */
  readonly rate: bigint;
};

/** Some lines of a cart, to one address. */
export type CartShipment = CartShipping & {
  readonly id: string;
  /** Ids of lines of the cart, each in one shipment at most; a line that is in none is not shipped. */
  readonly lines: readonly string[];
};

export type CartInput = {
  readonly currency: string;
  readonly lines: readonly CartLineInput[];
  readonly cartId?: string | undefined;
  /** All lines to one address. */
  readonly shipping?: CartShipping | undefined;
  /** Instead of `shipping`: lines to several addresses. */
  readonly shipments?: readonly CartShipment[] | undefined;
  /** Counts where nothing is shipped. */
  readonly billing?: CartAddress | undefined;
  readonly paymentMethod?: string | undefined;
  /** Codes that are in the cart, for conditions; in an evaluation those that were accepted. */
  readonly couponCodes?: readonly string[] | undefined;
  readonly tax?: CartTax | undefined;
};

export type CartTax = {
  /** Percent in millionths. */
  readonly rate: bigint;
  readonly pricesIncludeTax: boolean;
  /** Whether tax is due on what is left after discounts. */
  readonly afterDiscount: boolean;
};

/** What can be discounted: a line, or a part of a bundle with dynamic prices. */
export type Unit = Amounts & {
  readonly id: string;
  readonly noDiscount: boolean;
  /** Percent in millionths. */
  readonly taxRate: number;
  /** As rules read it. */
  readonly facts: RuleObject;
};

export type PricedLine = {
  readonly id: string;
  readonly sku: string;
  readonly qty: bigint;
  /** Millionths. */
  readonly weight: bigint;
  /** As rules read it, with its parts. */
  readonly facts: RuleObject;
  /** Positions in `units`. */
  readonly units: readonly number[];
  readonly isBundle: boolean;
};

/** A shipment with what is in it. */
export type PricedShipment = CartShipping & {
  readonly id: string;
  /** Positions in `units`. */
  readonly units: readonly number[];
};

export type PricedCart = {
  readonly input: CartInput;
  readonly lines: readonly PricedLine[];
  readonly units: readonly Unit[];
  /** Null = all units go to one address, or nothing is shipped. */
  readonly shipments: readonly PricedShipment[] | null;
};

/** A quantity at a price. */
type Measured = {
  /** Millionths, as the price. */
  readonly qty: bigint;
  readonly price: bigint;
  /** The same as whole numbers; NaN where they are not whole. */
  readonly pieces: number;
  readonly unitPrice: number;
  /** Minor units, rounded once. Not exact beyond 2^53: then the evaluation is refused. */
  readonly row: number;
};

function measured(qty: bigint, price: bigint): Measured {
  const pieces = wholeOf(qty);
  const unitPrice = wholeOf(price);
  // Whole pieces at whole prices, which most are, without BigInt, which takes several times as long.
  const product = pieces * unitPrice;
  // No piece at a price below nothing is 0, not -0.
  const row = Number.isSafeInteger(product) ? product || 0 : Number(rowOf(qty, price));
  return { qty, price, pieces, unitPrice, row };
}

/** @param productOf what the catalog knows of a product */
export function priceCart(input: CartInput, productOf: (sku: string) => RuleObject | undefined): PricedCart {
  const units: Unit[] = [];
  const { currency, tax } = input;
  const factsOf = (line: CartLineInput, { qty, price, pieces, unitPrice, row }: Measured): RuleObject => ({
    sku: line.sku,
    qty: decimalOf(qty, pieces),
    price: { minor: decimalOf(price, unitPrice), currency },
    row_total: { minor: row, currency },
    name: line.name,
    product: productFactsOf(line, productOf(line.sku)),
  });
  const addUnit = (line: CartLineInput, measure: Measured, facts: RuleObject, noDiscount: boolean): number => {
    const { id, sku } = line;
    const { qty, price, row } = measure;
    const isWhole = !Number.isNaN(measure.pieces + measure.unitPrice);
    const pieces = isWhole ? measure.pieces : -1;
    const unitPrice = isWhole ? measure.unitPrice : -1;
    const taxRate = Number(line.taxRate ?? tax?.rate ?? 0n);
    units.push({ id, sku, qty, price, units: pieces, unitPrice, row, noDiscount, taxRate, facts });
    return units.length - 1;
  };

  const lines = input.lines.map((line): PricedLine => {
    const parts = (line.children ?? []).map((part) => {
      const qty = (part.qty * line.qty) / scale;
      const measure = measured(qty, part.price);
      return { part, qty, measure, facts: factsOf(part, measure) };
    });
    const isBundle = line.productType === "bundle_dynamic" && parts.length > 0;
    const price = isBundle
      ? parts.reduce((sum, { part }) => sum + divideHalfUp(part.price * part.qty, scale), 0n)
      : line.price;
    const alone = measured(line.qty, price);
    const measure = isBundle ? { ...alone, row: parts.reduce((sum, part) => sum + part.measure.row, 0) } : alone;
    const own = factsOf(line, measure);
    const facts = parts.length === 0 ? own : { children: parts.map((each) => each.facts), ...own };
    const noDiscount = line.noDiscount === true;
    return {
      id: line.id,
      sku: line.sku,
      qty: line.qty,
      weight: weightOf(line, parts),
      facts,
      isBundle,
      units: isBundle
        ? parts.map((each) => addUnit(each.part, each.measure, each.facts, noDiscount || each.part.noDiscount === true))
        : [addUnit(line, measure, facts, noDiscount)],
    };
  });
  return { input, lines, units, shipments: input.shipments ? placeLines(input.shipments, lines) : null };
}

/** Parts of a bundle go with their line. */
function placeLines(shipments: readonly CartShipment[], lines: readonly PricedLine[]): readonly PricedShipment[] {
  const byId = new Map(lines.map((line) => [line.id, line]));
  return shipments.map((shipment) => ({
    id: shipment.id,
    method: shipment.method,
    country: shipment.country,
    region: shipment.region,
    regionId: shipment.regionId,
    postcode: shipment.postcode,
    pricing: shipment.pricing,
    rate: shipment.rate,
    units: shipment.lines.flatMap((id) => byId.get(id)?.units ?? []),
  }));
}

/** The facts of the catalog are shared by all carts: they are copied only for a line that says something else. */
function productFactsOf({ sku, attributes, productType }: CartLineInput, known: RuleObject | undefined): RuleObject {
  const isSame = known?.["sku"] === sku && (productType === undefined || known["type"] === productType);
  if (known && isSame && !attributes) return known;
  return { ...known, ...attributes, sku, ...(productType === undefined ? {} : { type: productType }) };
}

/** A line that tells no weight weighs what its parts do. */
function weightOf(
  line: CartLineInput,
  parts: readonly { readonly part: CartLineInput; readonly qty: bigint }[],
): bigint {
  if (line.weight !== undefined) return (line.weight * line.qty) / scale;
  return parts.reduce((sum, { part, qty }) => sum + ((part.weight ?? 0n) * qty) / scale, 0n);
}
