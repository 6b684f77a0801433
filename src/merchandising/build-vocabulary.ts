import type { SynonymAlternative, Vocabulary } from "../search/index.ts";
import { normaliseWords } from "../search/index.ts";
import { normaliseText } from "./normalise-text.ts";
import type { SynonymBody } from "./synonym.ts";

type Entry = { readonly words: readonly string[]; readonly alternatives: SynonymAlternative[] };

const nothing: readonly SynonymAlternative[] = Object.freeze([]);

/**
 * Synonyms by the first word of what was typed, so that a query costs one look-up a word however many there are.
 *
 * @returns undefined without synonyms and stop words
 */
export function buildVocabulary(
  synonyms: readonly SynonymBody[],
  stopWords: readonly string[],
): Vocabulary | undefined {
  const byFirstWord = new Map<string, Entry[]>();
  const seen = new Set<string>();
  const add = (from: string, to: string) => {
    const [typed, instead] = [normaliseWords(from), normaliseWords(to)];
    const [first] = typed;
    const pair = `${typed.join(" ")}|${instead.join(" ")}`;
    if (first === undefined || instead.length === 0 || seen.has(pair) || normaliseText(from) === normaliseText(to))
      return;
    seen.add(pair);
    const entries = byFirstWord.get(first) ?? [];
    byFirstWord.set(first, entries);
    const alternative = { length: typed.length, words: instead };
    const known = entries.find(({ words }) => words.join(" ") === typed.join(" "));
    if (known) known.alternatives.push(alternative);
    else entries.push({ words: typed, alternatives: [alternative] });
  };
  for (const { type, keyword, expansions } of synonyms) {
    const terms = [keyword, ...expansions];
    for (const from of type === "one-way" ? [keyword] : terms)
      for (const to of type === "one-way" ? expansions : terms) if (from !== to) add(from, to);
  }
  const stops = new Set(stopWords.map(normaliseText));
  if (byFirstWord.size === 0 && stops.size === 0) return undefined;
  return {
    alternativesOf: (words, at) => {
      const entries = byFirstWord.get(words[at] ?? "");
      if (!entries) return nothing;
      const found = entries.filter((entry) => entry.words.every((word, index) => words[at + index] === word));
      return found.length === 1
        ? (found[0]?.alternatives ?? nothing)
        : found.flatMap(({ alternatives }) => alternatives);
    },
    isStopWord: (word) => stops.has(word),
  };
}
