import type { CatalogProduct } from "../../catalog/index.ts";
import { foldText } from "../analysis/analysis.ts";
import type { LocalText } from "../analysis/local-text.ts";
import type { SearchContext } from "../search-context.ts";
import type { HoldsPhrase } from "./accumulators.ts";

/** Endings that a word may have beyond its stem and still be the word. */
const maxEnding = 3;
const minStart = 3;
const maxText = 20_000;

const escaped = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, "\\$&");

function commonStart(a: string, b: string): string {
  let end = 0;
  while (end < a.length && a[end] === b[end]) end += 1;
  return a.slice(0, end);
}

/** Looks phrases up in the texts of products; words may be inflected and stand apart by signs, not by other words. */
export function createPhraseCheck(context: Pick<SearchContext, "index" | "snapshot" | "localText">): HoldsPhrase {
  const { snapshot, localText } = context;
  const { analyzer } = context.index;
  const patterns = new Map<string, RegExp>();

  function patternOf(words: readonly string[]): RegExp {
    const key = words.join(" ");
    let pattern = patterns.get(key);
    if (!pattern) {
      const forms = words.map((word) => {
        const start = commonStart(word, analyzer.stem(word));
        return start.length < minStart ? escaped(word) : `(?:${escaped(word)}|${escaped(start)}\\p{L}{0,${maxEnding}})`;
      });
      pattern = new RegExp(`(?<![\\p{L}\\p{N}])${forms.join("[^\\p{L}\\p{N}]{1,3}")}(?![\\p{L}\\p{N}])`, "u");
      patterns.set(key, pattern);
    }
    return pattern;
  }

  return (sku, words) => {
    const product = snapshot.get(sku);
    if (!product) return false;
    const pattern = patternOf(words);
    for (const text of textsOf(product, localText)) if (pattern.test(foldText(text.slice(0, maxText)))) return true;
    return false;
  };
}

function* textsOf(product: CatalogProduct, localText: LocalText): Iterable<string> {
  const { brand, attributes, categories } = product;
  const { name, description } = localText(product);
  yield name;
  if (brand) yield brand;
  for (const path of categories) yield path.replace(/[-_]/g, " ");
  yield description;
  for (const value of Object.values(attributes)) {
    if (typeof value === "string") yield value;
    else if (Array.isArray(value)) yield value.join(" ; ");
  }
}
