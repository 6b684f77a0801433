// Scripts that write no spaces between words. Chinese, Japanese and Korean are cut into pairs of characters that overlap,
// as no word list knows the names of products; Thai and its neighbours by the segmenter of the platform.

const pairScripts = "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Hangul}ー々〆";
const segmentedScripts = "\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}";
const unspaced = new RegExp(`[${pairScripts}${segmentedScripts}]`, "u");
const stretches = new RegExp(
  `[${pairScripts}]+|[${segmentedScripts}\\p{M}]+|[^${pairScripts}${segmentedScripts}]+`,
  "gu",
);
const pairStart = new RegExp(`^[${pairScripts}]`, "u");
const segmentedStart = new RegExp(`^[${segmentedScripts}]`, "u");
const firstUnspaced = 0x0e00;

/** A piece of a run and where it begins in it. */
export type Piece = { readonly text: string; readonly start: number };

/** True when a run of letters may hold several words. */
export function isUnspaced(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) >= firstUnspaced) return unspaced.test(text);
  return false;
}

let segmenter: Intl.Segmenter | undefined;

/** Cuts a run of letters and digits into words or pairs of characters, in order. */
export function piecesOf(run: string): readonly Piece[] {
  return [...run.matchAll(stretches)].flatMap((match): readonly Piece[] => {
    const [text] = match;
    const start = match.index;
    if (pairStart.test(text)) return pairsOf(text, start);
    if (!segmentedStart.test(text)) return [{ text, start }];
    segmenter ??= new Intl.Segmenter("th", { granularity: "word" });
    return [...segmenter.segment(text)].map(({ segment, index }) => ({ text: segment, start: start + index }));
  });
}

function pairsOf(text: string, start: number): readonly Piece[] {
  const characters = [...text];
  if (characters.length === 1) return [{ text, start }];
  let at = start;
  return characters.slice(0, -1).map((character, place) => {
    const piece = { text: character + (characters[place + 1] ?? ""), start: at };
    at += character.length;
    return piece;
  });
}
