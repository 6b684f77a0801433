// Similarity of two short texts. Jaro-Winkler as in Winkler, W. E. (1990), "String Comparator Metrics and Enhanced Decision
// Rules in the Fellegi-Sunter Model of Record Linkage": 0.1 a common leading character, at most four of them, only from a
// Jaro similarity of 0.7 on. Edits as in Damerau, F. J. (1964),
// "A technique for computer detection and correction of spelling errors".

const prefixLimit = 4;
const prefixScale = 0.1;
const boostFrom = 0.7;
/** Longer texts are compared by this much of them: a comparison stays in microseconds whatever was sent. */
const maxCompared = 64;

// Reused by every call: the functions are synchronous, and an allocation a pair costs more than the comparison.
const takenA = new Uint8Array(maxCompared);
const takenB = new Uint8Array(maxCompared);
function markMatches(a: string, b: string, lengthA: number, lengthB: number): number {
  const reach = Math.max(0, (Math.max(lengthA, lengthB) >> 1) - 1);
  takenA.fill(0, 0, lengthA);
  takenB.fill(0, 0, lengthB);
  let matches = 0;
  for (let i = 0; i < lengthA; i += 1) {
    const end = Math.min(lengthB - 1, i + reach);
    for (let j = Math.max(0, i - reach); j <= end; j += 1) {
      if (takenB[j] === 0 && a.charCodeAt(i) === b.charCodeAt(j)) {
        takenA[i] = 1;
        takenB[j] = 1;
        matches += 1;
        break;
      }
    }
  }
  return matches;
}

function countTranspositions(a: string, b: string, lengthA: number): number {
  let outOfOrder = 0;
  let j = 0;
  for (let i = 0; i < lengthA; i += 1) {
    if (takenA[i] === 0) continue;
    while (takenB[j] === 0) j += 1;
    if (a.charCodeAt(i) !== b.charCodeAt(j)) outOfOrder += 1;
    j += 1;
  }
  return outOfOrder / 2;
}

/** @returns 0 (nothing in common) to 1 (the same); two empty texts are the same */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  const lengthA = Math.min(a.length, maxCompared);
  const lengthB = Math.min(b.length, maxCompared);
  const matches = markMatches(a, b, lengthA, lengthB);
  if (matches === 0) return 0;
  const transpositions = countTranspositions(a, b, lengthA);
  const jaro = (matches / lengthA + matches / lengthB + (matches - transpositions) / matches) / 3;
  if (jaro < boostFrom) return jaro;
  let prefix = 0;
  while (prefix < prefixLimit && prefix < lengthA && prefix < lengthB && a[prefix] === b[prefix]) prefix += 1;
  return jaro + prefix * prefixScale * (1 - jaro);
}

/**
 * True when one insertion, deletion, replacement or swap of neighbours at most makes one text of the other: a
 * Damerau-Levenshtein distance of 0 or 1, found without its table by what is left between the common start and end.
 */
export function isWithinOneEdit(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let start = 0;
  while (start < short.length && short.charCodeAt(start) === long.charCodeAt(start)) start += 1;
  let end = 0;
  while (
    end < short.length - start &&
    short.charCodeAt(short.length - 1 - end) === long.charCodeAt(long.length - 1 - end)
  )
    end += 1;
  const left = short.length - start - end;
  if (long.length > short.length) return left === 0;
  if (left <= 1) return true;
  return (
    left === 2 &&
    short.charCodeAt(start) === long.charCodeAt(start + 1) &&
    short.charCodeAt(start + 1) === long.charCodeAt(start)
  );
}

/**
 * How a word sounds, roughly and in no particular language: letters that are mistaken for each other share a sign, vowels
 * after the first letter, doubled signs, and h and y are left out. In the manner of Soundex (Russell 1918), without its end after three signs.
 */
export function soundOf(word: string): string {
  let sound = "";
  let last = "";
  for (const letter of word) {
    const sign = soundSigns[letter] ?? letter;
    const isFirst = sound === "";
    if (isFirst ? true : sign !== "" && sign !== last) sound += sign === "" ? "a" : sign;
    last = sign;
  }
  return sound;
}

const soundSigns: Readonly<Record<string, string>> = {
  a: "",
  e: "",
  i: "",
  o: "",
  u: "",
  y: "",
  h: "",
  b: "b",
  p: "b",
  v: "f",
  w: "f",
  f: "f",
  c: "k",
  k: "k",
  q: "k",
  g: "k",
  j: "k",
  x: "s",
  s: "s",
  z: "s",
  d: "t",
  t: "t",
  m: "n",
  n: "n",
};
