import type { CatalogProduct, CatalogSnapshot } from "../../catalog/index.ts";
import { foldCode } from "../fold-code.ts";
import type { PriceContext } from "./catalog-rule.ts";

/** What the products themselves make prices depend on: groups and websites of their own prices, days of special prices. */
export type SpecialPrices = {
  readonly update: (skus: Iterable<string>, snapshot: Pick<CatalogSnapshot, "get">) => void;
  readonly put: (product: CatalogProduct) => void;
  /**
   * What the products' own prices see of a visitor: website and group, each empty where no product has a price for it.
   *
   * @returns undefined when no product has a price for such a visitor
   */
  readonly seenOf: (context: OwnContext) => OwnContext | undefined;
  /** Whether a special price begins or ends on some day. */
  readonly hasDays: () => boolean;
  /** Currencies of list prices, also of products that went. */
  readonly currencies: () => ReadonlySet<string>;
};

type OwnContext = Pick<PriceContext, "website" | "customerGroup">;

const none: NonNullable<CatalogProduct["tierPrices"]> = [];

type Noted = { readonly places: readonly string[]; readonly hasDays: boolean };

function placeOf(website: string, group: string): string {
  return `${website}\n${group}`;
}

/** A price for every group or website is noted under the empty code. */
function noteOf({ tierPrices = none, specialDays, specialPrice }: CatalogProduct): Noted | undefined {
  // Nearly all of a million products, at each start.
  if (tierPrices.length === 0 && specialDays === undefined) return undefined;
  // A list shows what one piece costs.
  const own = tierPrices.filter(({ qty }) => qty <= 1);
  const places = new Set(own.map(({ group = "", website = "" }) => placeOf(foldCode(website), foldCode(group))));
  const hasDays = specialDays !== undefined && specialPrice !== null;
  return places.size > 0 || hasDays ? { places: [...places], hasDays } : undefined;
}

export function createSpecialPrices(): SpecialPrices {
  const notes = new Map<string, Noted>();
  const counts = new Map<string, number>();
  const currencies = new Set<string>();
  let withDays = 0;

  const count = ({ places, hasDays }: Noted, by: 1 | -1) => {
    for (const place of places) {
      const next = (counts.get(place) ?? 0) + by;
      if (next === 0) counts.delete(place);
      else counts.set(place, next);
    }
    if (hasDays) withDays += by;
  };
  const forget = (sku: string) => {
    const known = notes.get(sku);
    if (known) count(known, -1);
    notes.delete(sku);
  };
  const put = (product: CatalogProduct) => {
    forget(product.sku);
    if (product.price) currencies.add(product.price.currency);
    const note = noteOf(product);
    if (!note) return;
    count(note, 1);
    notes.set(product.sku, note);
  };

  return {
    put,
    update: (skus, snapshot) => {
      for (const sku of skus) {
        const product = snapshot.get(sku);
        if (product) put(product);
        else forget(sku);
      }
    },
    seenOf: ({ website, customerGroup }) => {
      if (counts.size === 0) return undefined;
      const isBoth = counts.has(placeOf(website, customerGroup));
      const seen = {
        website: isBoth || counts.has(placeOf(website, "")) ? website : "",
        customerGroup: isBoth || counts.has(placeOf("", customerGroup)) ? customerGroup : "",
      };
      return seen.website !== "" || seen.customerGroup !== "" || counts.has(placeOf("", "")) ? seen : undefined;
    },
    hasDays: () => withDays > 0,
    currencies: () => currencies,
  };
}
