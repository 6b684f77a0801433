/**
 * Folds English plurals: …ies to y, …(ss|sh|ch|x|z)es without es, …s without s (not ss, us, is).
 * Words shorter than four letters and words with a digit stay: they are sizes, units and model numbers.
 */
export function stemEnglish(word: string): string {
  const length = word.length;
  if (length < 4 || word.charCodeAt(length - 1) !== 115 /* s */) return word;
  for (let at = 0; at < length; at += 1) {
    const code = word.charCodeAt(at);
    if (code >= 48 && code <= 57) return word;
  }
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  const before = word.charCodeAt(length - 2);
  if (before === 101 /* e */ && /(?:ss|sh|ch|x|z)es$/.test(word)) return word.slice(0, -2);
  return before === 115 || before === 117 || before === 105 ? word : word.slice(0, -1);
}
