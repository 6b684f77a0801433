import type { Placed } from "./find-shadowed.ts";
import type { ReachClasses } from "./reach-classes.ts";

type Input<R> = {
  /** In the order in which they run. */
  readonly placed: readonly Placed<R>[];
  readonly classes: Pick<ReachClasses, "all" | "of">;
  /** Products of the catalog. */
  readonly looked: number;
  /** What two rules with common products are to each other; undefined = nothing to tell. */
  readonly relate: (earlier: R, later: R) => "overlaps" | "stopped" | undefined;
  readonly turn: () => Promise<void>;
};

export type Overlap<R> = {
  readonly earlier: R;
  readonly later: R;
  readonly code: "overlaps" | "stopped";
  readonly products: number;
  readonly examples: readonly string[];
};

const maxPairs = 20_000;
const maxSteps = 5_000_000;
const maxTold = 500;

type Pair = { products: number; examples: readonly string[] };

/** Pairs of rules for common products, those with the most first. @returns `isCut` when there are more */
export async function findOverlaps<R>({ placed, classes, looked, relate, turn }: Input<R>) {
  const everywhere: number[] = [];
  const byTree = new Map<number, number[]>();
  for (const [place, { tree }] of placed.entries()) {
    if (tree === null) everywhere.push(place);
    else byTree.set(tree, [...(byTree.get(tree) ?? []), place]);
  }
  const pairs = new Map<number, Pair>();
  let steps = 0;
  let isCut = false;
  const add = (a: number, b: number, products: number, examples: readonly string[]) => {
    const key = Math.min(a, b) * placed.length + Math.max(a, b);
    const known = pairs.get(key);
    if (known) known.products += products;
    else if (pairs.size < maxPairs) pairs.set(key, { products, examples });
    else isCut = true;
  };
  for (const { may, products, examples } of classes.all()) {
    const places = may.flatMap((tree) => byTree.get(tree) ?? []);
    for (const [at, first] of places.entries()) {
      await turn();
      steps += places.length - at;
      if (steps > maxSteps) break;
      for (const second of places.slice(at + 1)) add(first, second, products, examples);
    }
    if (steps > maxSteps) {
      isCut = true;
      break;
    }
  }
  const some: { readonly place: number; readonly products: number; readonly examples: readonly string[] }[] = [];
  for (const [tree, places] of byTree) {
    await turn();
    const own = classes.of(tree);
    const products = own.reduce((sum, each) => sum + each.products, 0);
    if (products > 0) for (const place of places) some.push({ place, products, examples: own[0]?.examples ?? [] });
  }
  for (const [at, whole] of everywhere.entries()) {
    if (isCut) break;
    await turn();
    for (const other of everywhere.slice(at + 1)) add(whole, other, looked, []);
    for (const { place, products, examples } of some) add(whole, place, products, examples);
  }
  const told: Overlap<R>[] = [];
  const sorted = [...pairs].sort(([a, one], [b, two]) => two.products - one.products || a - b);
  for (const [key, { products, examples }] of sorted) {
    await turn();
    const [earlier, later] = [placed[Math.floor(key / placed.length)]?.rule, placed[key % placed.length]?.rule];
    const code = earlier === undefined || later === undefined ? undefined : relate(earlier, later);
    if (earlier === undefined || later === undefined || code === undefined) continue;
    if (told.length === maxTold) return { told, isCut: true };
    told.push({ earlier, later, code, products, examples });
  }
  return { told, isCut };
}
