// Which records are worth comparing: those that share a key. No single key survives every mistake (the phonetic name not a
// swapped field, the birth date not a wrong year), so each scheme leaves out what another one relies on.
import { fnv1a } from "../kernel/index.ts";
import { mailboxOf } from "./compare-fields.ts";
import { soundOf } from "./compare-text.ts";
import type { PersonRecord } from "./person-record.ts";

/** Keys of one scheme; an empty text is none. */
type Scheme = { readonly name: string; readonly slots: number; readonly keys: (person: Sounded) => readonly string[] };

type Sounded = PersonRecord & {
  readonly givenSound: string;
  readonly surnameSound: string;
  readonly streetSound: string;
  readonly citySound: string;
};

const joined = (...parts: readonly string[]): readonly string[] => (parts.includes("") ? [] : [parts.join("|")]);
const sorted = (a: string, b: string): readonly string[] => (a < b ? joined(a, b) : joined(b, a));

/** Strongest first: a pair that shares several keys is compared under the first. */
export const schemes: readonly Scheme[] = [
  { name: "email", slots: 3, keys: ({ emails }) => emails },
  { name: "phone", slots: 3, keys: ({ phones }) => phones.map((phone) => phone.slice(-8)) },
  {
    name: "birth date, day and month in any order",
    slots: 1,
    keys: ({ birthDate: date }) =>
      date === "" ? [] : joined(date.slice(0, 4), ...sorted(date.slice(4, 6), date.slice(6))),
  },
  { name: "both names, in any order", slots: 1, keys: (person) => sorted(person.givenSound, person.surnameSound) },
  { name: "street and house number", slots: 1, keys: (person) => joined(person.houseNumber, person.streetSound) },
  { name: "postcode and house number", slots: 1, keys: (person) => joined(person.postcode, person.houseNumber) },
  { name: "surname and postcode", slots: 1, keys: (person) => joined(person.surnameSound, person.postcode) },
  { name: "first name and postcode", slots: 1, keys: (person) => joined(person.givenSound, person.postcode) },
  { name: "surname and city", slots: 1, keys: (person) => joined(person.surnameSound, person.citySound) },
  { name: "street and city", slots: 1, keys: (person) => joined(person.streetSound, person.citySound) },
  { name: "street and postcode", slots: 1, keys: (person) => joined(person.streetSound, person.postcode) },
  {
    name: "second address line",
    slots: 1,
    keys: ({ addressLine2 }) => joined(addressLine2.split(" ").sort().join("")),
  },
  {
    name: "surname, day and month of birth",
    slots: 1,
    keys: (person) => joined(person.surnameSound.slice(0, 2), person.birthDate.slice(4)),
  },
  {
    name: "first name, year of birth",
    slots: 1,
    keys: (person) => joined(person.givenSound, person.birthDate.slice(0, 4)),
  },
  {
    name: "surname, year of birth",
    slots: 1,
    keys: (person) => joined(person.surnameSound, person.birthDate.slice(0, 4)),
  },
  { name: "city and house number", slots: 1, keys: (person) => joined(person.citySound, person.houseNumber) },
  {
    name: "name of the mailbox",
    slots: 3,
    keys: ({ emails }) => emails.map(mailboxOf).filter((name) => name.length >= 5),
  },
];

export const slotCount = schemes.reduce((sum, { slots }) => sum + slots, 0);

/** Writes the keys of a person to `into` from `at` on: `slotCount` hashes, 0 for none. */
export function writeBlockKeys(person: PersonRecord, into: Uint32Array, at: number): void {
  const sounded: Sounded = {
    ...person,
    givenSound: soundOf(person.givenName.replaceAll(" ", "")),
    surnameSound: soundOf(person.surname.replaceAll(" ", "")),
    streetSound: soundOf(person.street.replaceAll(" ", "")),
    citySound: soundOf(person.city.replaceAll(" ", "")),
  };
  let slot = at;
  for (const { slots, keys } of schemes) {
    const found = keys(sounded);
    for (let i = 0; i < slots; i += 1) {
      const key = found[i];
      into[slot] = key === undefined ? 0 : fnv1a(key) || 1;
      slot += 1;
    }
  }
}
