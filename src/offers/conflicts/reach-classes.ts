// Products by the trees that hold for them. Which products two rules share is asked of classes, of which there are fewer: products of
// one class are alike to every rule. A tree is a condition on products; rules with equal ones share it, and rules for all products have none.

export type ReachClass = {
  /** Trees that may hold for its products, ascending. */
  readonly may: readonly number[];
  /** Those of them that hold in every cart. */
  readonly sure: ReadonlySet<number>;
  readonly products: number;
  readonly examples: readonly string[];
};

export const shownExamples = 5;
/** Entries of all classes together: 5 million are 40 MB. */
const maxEntries = 5_000_000;

type Open = { may: readonly number[]; sure: ReadonlySet<number>; products: number; examples: string[] };

export function createReachClasses() {
  const byText = new Map<string, Open>();
  const byTree = new Map<number, Open[]>();
  let entries = 0;
  return {
    /** @returns false when there is no room for another class: the catalog is too varied to be looked at whole */
    add: (sku: string, may: readonly number[], unsure: readonly number[]): boolean => {
      const text = unsure.length === 0 ? may.join() : `${may.join()};${unsure.join()}`;
      let known = byText.get(text);
      if (!known) {
        entries += may.length;
        if (entries > maxEntries) return false;
        const without = new Set(unsure);
        known = { may, sure: new Set(may.filter((tree) => !without.has(tree))), products: 0, examples: [] };
        byText.set(text, known);
        for (const tree of may) {
          const own = byTree.get(tree);
          if (own) own.push(known);
          else byTree.set(tree, [known]);
        }
      }
      known.products += 1;
      if (known.examples.length < shownExamples) known.examples.push(sku);
      return true;
    },
    all: (): readonly ReachClass[] => [...byText.values()],
    of: (tree: number): readonly ReachClass[] => byTree.get(tree) ?? [],
  };
}

export type ReachClasses = ReturnType<typeof createReachClasses>;
