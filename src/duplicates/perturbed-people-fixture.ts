import type { FebrlRecord } from "./febrl-fixture.ts";
import type { PersonRecord } from "./person-record.ts";

// Any number of made-up people from the values of a FEBRL set, a share of them twice with mistakes; for the measurement of
// speed and of heavier damage, no part of the server.

/** Lehmer's generator: the same people on every run. */
export function createLehmer(start: number): () => number {
  let state = start;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const letters = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";

/** One typing mistake: a character more, less, changed, or two swapped. */
export function mistype(text: string, random: () => number): string {
  if (text.length < 2) return text;
  const at = Math.floor(random() * (text.length - 1));
  const pool = /^\d+$/.test(text) ? digits : letters;
  const other = pool[Math.floor(random() * pool.length)] ?? "";
  switch (Math.floor(random() * 4)) {
    case 0:
      return text.slice(0, at) + other + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + other + text.slice(at + 1);
    default:
      return text.slice(0, at) + (text[at + 1] ?? "") + (text[at] ?? "") + text.slice(at + 2);
  }
}

const textFields = [
  "givenName",
  "surname",
  "birthDate",
  "houseNumber",
  "street",
  "addressLine2",
  "city",
  "postcode",
  "region",
] as const;

/** The record with so many mistakes: typing, a lost value, first name and surname swapped. */
export function damage(record: PersonRecord, mistakes: number, random: () => number): PersonRecord {
  let damaged = record;
  for (let i = 0; i < mistakes; i += 1) {
    const field = textFields[Math.floor(random() * textFields.length)] ?? "city";
    const kind = random();
    if (kind < 0.15) damaged = { ...damaged, [field]: "" };
    else if (kind < 0.2) damaged = { ...damaged, givenName: damaged.surname, surname: damaged.givenName };
    else damaged = { ...damaged, [field]: mistype(damaged[field], random) };
  }
  return damaged;
}

/** @param twice share of people with a second, damaged record */
export function makePeople(
  source: readonly FebrlRecord[],
  count: number,
  options: { readonly twice: number; readonly mistakes: number; readonly seed?: number; readonly contacts?: boolean },
): readonly FebrlRecord[] {
  const random = createLehmer(options.seed ?? 20_260);
  const pick = <Key extends keyof PersonRecord>(field: Key) =>
    source[Math.floor(random() * source.length)]?.record[field] as PersonRecord[Key];
  const people: FebrlRecord[] = [];
  for (let person = 0; people.length < count; person += 1) {
    const base: PersonRecord = {
      id: String(people.length),
      givenName: pick("givenName"),
      surname: pick("surname"),
      birthDate: pick("birthDate"),
      houseNumber: pick("houseNumber"),
      street: pick("street"),
      addressLine2: pick("addressLine2"),
      city: pick("city"),
      postcode: pick("postcode"),
      region: pick("region"),
      emails: options.contacts
        ? [`${pick("givenName")}.${pick("surname")}${Math.floor(random() * 100)}@example.com`]
        : [],
      phones: options.contacts && random() < 0.6 ? [String(Math.floor(random() * 9e8) + 1e8)] : [],
    };
    people.push({ person: String(person), record: base });
    if (random() >= options.twice || people.length >= count) continue;
    const twin = damage({ ...base, id: String(people.length) }, 1 + Math.floor(random() * options.mistakes), random);
    people.push({
      person: String(person),
      record: { ...twin, emails: random() < 0.5 ? base.emails : [], phones: random() < 0.5 ? base.phones : [] },
    });
  }
  return people;
}
