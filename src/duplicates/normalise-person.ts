// Folds what people wrote to what can be compared: no case, accents, punctuation; street and number apart; dates as digits.
import { maxContacts, type PersonFacts, type PersonRecord } from "./person-record.ts";

const maxTextLength = 100;

/** Letters that no decomposition takes apart. */
const ligatures: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ı: "i",
};

/** Lower case, without accents and punctuation, single spaces; letters of every script stay. */
export function foldText(text: string): string {
  return text
    .slice(0, 4 * maxTextLength)
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/[ßæœøđðþłı]/g, (letter) => ligatures[letter] ?? letter)
    .replace(/['’`.]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .slice(0, maxTextLength);
}

/** Titles that some write before their name. */
const titles = new Set(["mr", "mrs", "ms", "miss", "dr", "prof", "sir", "herr", "frau", "mme", "mlle", "sr", "sra"]);

function foldName(text: string): string {
  const words = foldText(text).split(" ");
  while (words.length > 1 && titles.has(words[0] ?? "")) words.shift();
  return words.join(" ");
}

const streetWords: Readonly<Record<string, string>> = {
  st: "street",
  str: "street",
  strasse: "street",
  rd: "road",
  ave: "avenue",
  av: "avenue",
  pl: "place",
  cres: "crescent",
  cr: "crescent",
  ct: "court",
  dr: "drive",
  ln: "lane",
  tce: "terrace",
  cct: "circuit",
  cl: "close",
  hwy: "highway",
  pde: "parade",
  blvd: "boulevard",
  sq: "square",
  gr: "grove",
};

/** The last word of a street, spelt out: "St" before a name is a saint. */
function spellOut(street: string): string {
  const at = street.lastIndexOf(" ");
  const last = street.slice(at + 1);
  const word = streetWords[last];
  if (at > 0 && word !== undefined) return street.slice(0, at + 1) + word;
  // "Hauptstr" and "Hauptstrasse" are written in one word.
  return street.replace(/(\p{L}{3})str(?:asse)?$/u, "$1street");
}

const leading = /^(\d+ ?[a-z]?(?: \d+[a-z]?)?) (?=\p{L}{2})(.*)$/u;
const trailing = /^(\p{L}.*?) (\d+ ?[a-z]?(?: \d+[a-z]?)?)$/u;

/** "12a Main St" and "Hauptstr. 12a" alike; a line without a number is all street. */
export function splitStreet(line: string): { readonly houseNumber: string; readonly street: string } {
  const text = foldText(line);
  if (/^\d+[a-z]?$/.test(text)) return { houseNumber: text, street: "" };
  const first = leading.exec(text);
  if (first) return { houseNumber: (first[1] ?? "").replaceAll(" ", ""), street: spellOut(first[2] ?? "") };
  const last = trailing.exec(text);
  if (last) return { houseNumber: (last[2] ?? "").replaceAll(" ", ""), street: spellOut(last[1] ?? "") };
  return { houseNumber: "", street: spellOut(text) };
}

/**
 * @returns eight digits, year first. Day first in texts with the year last, unless that is no day; the comparison takes the
 *   other order for a near match. "" for anything that holds no whole date
 */
export function foldDate(text: string): string {
  const parts = text.slice(0, 40).match(/\d+/g) ?? [];
  const [first = "", second = "", third = ""] = parts;
  if (first.length === 8) return first;
  const two = (part: string) => part.padStart(2, "0");
  if (first.length === 4 && second.length > 0 && second.length <= 2 && third.length > 0 && third.length <= 2)
    return first + two(second) + two(third);
  if (third.length !== 4 || first.length > 2 || second.length > 2 || second.length === 0) return "";
  return Number(second) > 12 ? third + two(first) + two(second) : third + two(second) + two(first);
}

/** The last nine digits: with and without country and trunk prefix alike. */
function foldPhone(text: string): string {
  const digits = text.slice(0, 60).replace(/\D+/g, "");
  return digits.length < 6 ? "" : digits.slice(-9);
}

function foldEmail(text: string): string {
  const email = text.trim().toLowerCase();
  return email.length <= 254 && /^[^@\s]+@[^@\s]+$/.test(email) ? email : "";
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].filter((value) => value !== "").slice(0, maxContacts);
}

/** Folds the facts of one person; never throws, whatever the texts hold. */
export function normalisePerson(facts: PersonFacts): PersonRecord {
  return {
    id: facts.id,
    givenName: foldName(facts.givenName ?? ""),
    surname: foldName(facts.surname ?? ""),
    birthDate: foldDate(facts.birthDate ?? ""),
    ...splitStreet(facts.addressLine1 ?? ""),
    addressLine2: foldText(facts.addressLine2 ?? ""),
    city: foldText(facts.city ?? ""),
    postcode: foldText(facts.postcode ?? "").replaceAll(" ", ""),
    region: foldText(facts.region ?? ""),
    emails: distinct((facts.emails ?? []).slice(0, 20).map(foldEmail)),
    phones: distinct((facts.phones ?? []).slice(0, 20).map(foldPhone)),
  };
}
