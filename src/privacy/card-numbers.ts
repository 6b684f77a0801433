// Payment card numbers (PAN) in any text or number of an event. A scan by character code: a regular expression over every text of
// 15,000 events a second cost four times as much.
const minDigits = 13;
const maxDigits = 19;
/** Room for separators between the digits of one number. */
const maxGroups = 12;

/** What stands in place of a card number. */
export const cardNumberRemoved = "[card number removed]";

const zero = 48;
const nine = 57;
const fullWidthZero = 0xff10;
const fullWidthNine = 0xff19;

/** 0 to 9, or -1. */
function digitOf(code: number): number {
  if (code >= zero && code <= nine) return code - zero;
  return code >= fullWidthZero && code <= fullWidthNine ? code - fullWidthZero : -1;
}

/** Blank, dash, dot, underscore, plus, and their typographic kin: what people and URLs put between groups of digits. */
function isSeparator(code: number): boolean {
  return (
    code === 32 ||
    code === 45 ||
    code === 46 ||
    code === 43 ||
    code === 95 ||
    code === 0xa0 ||
    (code >= 0x2000 && code <= 0x2015) ||
    code === 0x202f ||
    code === 0x3000
  );
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

const inRange = (digits: string, length: number, from: number, to: number): boolean => {
  const prefix = Number(digits.slice(0, length));
  return prefix >= from && prefix <= to;
};

// Prefixes and lengths as the networks publish them. Loyalty cards use the same numbering with other prefixes.
const networks: readonly ((digits: string) => boolean)[] = [
  // Visa
  (d) => d.startsWith("4") && (d.length === 13 || d.length === 16 || d.length === 19),
  // Mastercard
  (d) => d.length === 16 && (inRange(d, 2, 51, 55) || inRange(d, 4, 2221, 2720)),
  // American Express
  (d) => d.length === 15 && (d.startsWith("34") || d.startsWith("37")),
  // Discover
  (d) => d.length >= 16 && (d.startsWith("6011") || d.startsWith("65") || inRange(d, 3, 644, 649)),
  // Diners Club
  (d) => d.length >= 14 && (inRange(d, 3, 300, 305) || d.startsWith("36") || d.startsWith("38") || d.startsWith("39")),
  // JCB
  (d) => d.length >= 16 && inRange(d, 4, 3528, 3589),
  // UnionPay
  (d) => d.length >= 16 && d.startsWith("62"),
  // Mir
  (d) => d.length >= 16 && inRange(d, 4, 2200, 2204),
  // Maestro
  (d) => /^(5018|5020|5038|5893|6304|6759|676[1-3])/.test(d),
];

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - at) - zero;
    const doubled = at % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** European article numbers of 13 digits that begin with 4 look like old Visa numbers; their own check digit tells them. */
function isArticleNumber(digits: string): boolean {
  if (digits.length !== 13) return false;
  let sum = 0;
  for (let at = 0; at < 13; at += 1) sum += (digits.charCodeAt(at) - zero) * (at % 2 === 0 ? 1 : 3);
  return sum % 10 === 0;
}

/** @param digits ASCII digits only */
export function isCardNumber(digits: string): boolean {
  return (
    digits.length >= minDigits &&
    digits.length <= maxDigits &&
    networks.some((matches) => matches(digits)) &&
    passesLuhn(digits) &&
    !isArticleNumber(digits)
  );
}

type Group = { readonly from: number; readonly to: number; readonly digits: string };

/** `%20` between groups, in a URL. */
function isEncodedBlank(text: string, at: number): boolean {
  return text.charCodeAt(at) === 37 && text.charCodeAt(at + 1) === 50 && text.charCodeAt(at + 2) === 48;
}

/** Groups of digits from `start` that stand one separator apart. */
function readGroups(text: string, start: number): { readonly groups: readonly Group[]; readonly end: number } {
  const groups: Group[] = [];
  let at = start;
  while (at < text.length) {
    const from = at;
    let digits = "";
    for (let digit = digitOf(text.charCodeAt(at)); digit >= 0; digit = digitOf(text.charCodeAt(at))) {
      digits += digit;
      at += 1;
    }
    groups.push({ from, to: at, digits });
    const skip = isEncodedBlank(text, at) ? 3 : isSeparator(text.charCodeAt(at)) ? 1 : 0;
    if (skip === 0 || digitOf(text.charCodeAt(at + skip)) < 0) break;
    at += skip;
  }
  return { groups, end: at };
}

/** The first card number that begins with a group: of the longest run of whole groups that is one. */
function cardAt(groups: readonly Group[], first: number, lastIsWord: boolean): number {
  let digits = "";
  let found = -1;
  for (let index = first; index < groups.length && index < first + maxGroups; index += 1) {
    digits += groups[index]?.digits ?? "";
    if (digits.length > maxDigits) break;
    // A group that runs into letters is part of another word.
    if (lastIsWord && index === groups.length - 1) break;
    if (isCardNumber(digits)) found = index;
  }
  return found;
}

/**
 * The text without card numbers: 13 to 19 digits with a network's prefix and a right check digit, alone or in groups.
 *
 * @returns the same text when there is none
 */
export function withoutCardNumbers(text: string): string {
  if (text.length < minDigits) return text;
  let cut = 0;
  let clean = "";
  for (let at = 0; at < text.length; ) {
    if (digitOf(text.charCodeAt(at)) < 0) {
      at += 1;
      continue;
    }
    const startsInWord = at > 0 && isLetter(text.charCodeAt(at - 1));
    const { groups, end } = readGroups(text, at);
    const endsInWord = isLetter(text.charCodeAt(end));
    // In "a716-446655440000" the first group belongs to a word; the ones after it do too, as in a UUID.
    for (let first = 0; !startsInWord && first < groups.length; first += 1) {
      const last = cardAt(groups, first, endsInWord);
      const from = groups[first]?.from ?? 0;
      const to = groups[last]?.to;
      if (to === undefined) continue;
      clean += text.slice(cut, from) + cardNumberRemoved;
      cut = to;
      first = last;
    }
    at = end;
  }
  return cut === 0 ? text : clean + text.slice(cut);
}
