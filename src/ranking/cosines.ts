// How near the candidates of a list lie to its query and to what the shopper has in hand, by the vectors that the shop has learned.
import { cosineOf, type Vectors } from "../vectors/index.ts";

export type ShopVectors = Pick<Vectors, "ofQuery" | "ofItem" | "meanOf">;

/** One cosine a candidate; NaN where either side has no vector. */
export type Cosines = {
  /** Meaning of the query and of the product's texts. */
  readonly query: Float32Array;
  /** What shoppers look at after the query, and with the product. */
  readonly attention: Float32Array;
  readonly viewed: Float32Array;
  readonly carted: Float32Array;
};

export function readCosines(
  vectors: ShopVectors | undefined,
  skus: readonly string[],
  about: { readonly query: string; readonly viewed: readonly string[]; readonly carted: Iterable<string> },
): Cosines {
  const [query, attention, viewed, carted] = [0, 1, 2, 3].map(() => new Float32Array(skus.length).fill(Number.NaN));
  // Four arrays were made above.
  const cosines = { query, attention, viewed, carted } as Cosines;
  if (!vectors) return cosines;
  const asked = about.query === "" ? undefined : vectors.ofQuery(about.query);
  const seen = vectors.meanOf(about.viewed);
  const inCart = vectors.meanOf(about.carted);
  for (const [at, sku] of skus.entries()) {
    const { text, behaviour } = vectors.ofItem(sku);
    cosines.query[at] = cosineOf(asked?.text, text) ?? Number.NaN;
    cosines.attention[at] = cosineOf(asked?.behaviour, behaviour) ?? Number.NaN;
    cosines.viewed[at] = cosineOf(seen, behaviour) ?? Number.NaN;
    cosines.carted[at] = cosineOf(inCart, behaviour) ?? Number.NaN;
  }
  return cosines;
}
