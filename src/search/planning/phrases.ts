import { foldText } from "../analysis/analysis.ts";

/**
 * Ends of product names that begin with what was typed: `sport` finds `Sport Pant` in `Supernova Sport Pant`.
 *
 * @returns lower-case phrases, those of more names first, at most `limit`
 */
export function phrasesOf(typed: string, names: readonly string[], limit: number): readonly string[] {
  const prefix = foldText(typed).trim();
  if (prefix.length < 2) return [];
  const count = new Map<string, number>();
  for (const name of names) {
    const folded = foldText(name).replace(/\s+/g, " ");
    const at = ` ${folded}`.indexOf(` ${prefix}`);
    const phrase = at < 0 ? "" : folded.slice(at).trim();
    if (phrase !== "" && phrase !== prefix) count.set(phrase, (count.get(phrase) ?? 0) + 1);
  }
  return [...count]
    .sort((a, b) => b[1] - a[1])
    .slice(0, limit)
    .map(([phrase]) => phrase);
}
