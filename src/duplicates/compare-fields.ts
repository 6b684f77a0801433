// Degree of agreement of two values of one kind. Both are folded and present; that they differ is known already.
import { isWithinOneEdit, jaroWinkler, soundOf } from "./compare-text.ts";

/** Levels of names and of address lines, as numbered in fields.data.ts. */
export const typo = 2;
const similar = 3;
const differentText = 5;

const nearlySame = 0.92;
const alike = 0.85;
/** One edit turns a short word into another word. */
const editableLength = 4;

/** A text with what its comparisons need again and again, worked out once a value. */
export type PreparedText = {
  readonly text: string;
  /** Without spaces: "Mary Ann" is "Maryann". */
  readonly compact: string;
  readonly words: readonly string[];
};

export function prepareText(text: string): PreparedText {
  return { text, compact: text.replaceAll(" ", ""), words: text.split(" ") };
}

function isOneMistakeApart(a: PreparedText, b: PreparedText): boolean {
  return Math.min(a.compact.length, b.compact.length) >= editableLength && isWithinOneEdit(a.compact, b.compact);
}

/** "Maryann" for "Mary Ann", "Garcia" for "Garcia Lopez", "J" for "John". */
function isShortForm(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return long.startsWith(short)
    ? short.length === 1 || short.length >= 3 || long[short.length] === " "
    : long.endsWith(` ${short}`);
}

export function compareNames(a: PreparedText, b: PreparedText): number {
  if (a.compact === b.compact || isOneMistakeApart(a, b)) return typo;
  const similarity = jaroWinkler(a.compact, b.compact);
  if (similarity >= nearlySame) return typo;
  if (similarity >= alike || isShortForm(a.text, b.text)) return similar;
  if (similarity >= 0.7 && soundOf(a.compact) === soundOf(b.compact)) return similar;
  return differentText;
}

/** True when every word of the shorter text is in the other one, mistakes of one letter allowed. */
function hasAllWords(a: readonly string[], b: readonly string[]): boolean {
  const [few, many] = a.length <= b.length ? [a, b] : [b, a];
  // One bit a word: texts have 100 characters at most, and of more than 31 words the rest may be found twice.
  let taken = 0;
  return few.every((word) => {
    const at = many.findIndex(
      (other, index) =>
        (taken & (1 << index)) === 0 &&
        (other === word || (word.length >= editableLength && isWithinOneEdit(word, other))),
    );
    taken |= 1 << at;
    return at >= 0;
  });
}

const lineAlike = 0.82;

export function compareLines(a: PreparedText, b: PreparedText): number {
  if (a.compact === b.compact || isOneMistakeApart(a, b)) return typo;
  const similarity = jaroWinkler(a.compact, b.compact);
  if (similarity >= nearlySame) return typo;
  if (hasAllWords(a.words, b.words)) return a.words.length > 1 && b.words.length > 1 ? typo : similar;
  return similarity >= lineAlike ? similar : differentText;
}

/** 2 one digit wrong, two digits swapped, or day and month swapped; 3 two of year, month and day agree; 4 different. */
export function compareDates(a: string, b: string): number {
  if (isWithinOneEdit(a, b)) return 2;
  const sameYear = a.slice(0, 4) === b.slice(0, 4);
  const monthA = a.slice(4, 6);
  const dayA = a.slice(6);
  const monthB = b.slice(4, 6);
  const dayB = b.slice(6);
  if (sameYear && monthA === dayB && dayA === monthB) return 2;
  const agreeing = (sameYear ? 1 : 0) + (monthA === monthB ? 1 : 0) + (dayA === dayB ? 1 : 0);
  return agreeing === 2 ? 3 : 4;
}

/** 2 one digit or letter apart, 3 different. */
export function compareNumbers(a: string, b: string): number {
  if (Math.min(a.length, b.length) >= 2 && isWithinOneEdit(a, b)) return 2;
  return a.length >= 1 && Number.parseInt(a, 10) === Number.parseInt(b, 10) ? 2 : 3;
}

/** 2 one digit wrong, missing or swapped with its neighbour; 3 different. */
export function comparePostcodes(a: string, b: string): number {
  return Math.min(a.length, b.length) >= 3 && isWithinOneEdit(a, b) ? 2 : 3;
}

/** 2 nearly the same, 3 different. */
export function compareCities(a: PreparedText, b: PreparedText): number {
  return compareLines(a, b) === typo ? 2 : 3;
}

/** 2 nearly the same, 3 different; codes of two letters are one letter apart without being alike. */
export function compareRegions(a: string, b: string): number {
  if (Math.min(a.length, b.length) < 3) return 3;
  return isWithinOneEdit(a, b) || jaroWinkler(a, b) >= nearlySame ? 2 : 3;
}

/** 2 the same mailbox name elsewhere, or one edit; 3 different. */
export function compareEmails(a: string, b: string): number {
  const nameA = mailboxOf(a);
  if (nameA.length >= 5 && nameA === mailboxOf(b)) return 2;
  return isWithinOneEdit(a, b) ? 2 : 3;
}

/** The part before the @ without dots and what follows a plus, which many providers ignore. */
export function mailboxOf(email: string): string {
  const name = email.slice(0, email.indexOf("@"));
  const plus = name.indexOf("+");
  return (plus > 0 ? name.slice(0, plus) : name).replaceAll(".", "");
}

/** 2 one digit wrong or two swapped, or the shorter ends the longer; 3 different. */
export function comparePhones(a: string, b: string): number {
  if (a.length !== b.length && (a.endsWith(b) || b.endsWith(a)) && Math.min(a.length, b.length) >= 7) return 2;
  return isWithinOneEdit(a, b) ? 2 : 3;
}
