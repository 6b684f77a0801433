// The levels of agreement of two records, field by field.
import {
  compareCities,
  compareDates,
  compareEmails,
  compareLines,
  compareNames,
  compareNumbers,
  comparePhones,
  comparePostcodes,
  compareRegions,
} from "./compare-fields.ts";
import { bestOfValues, comparePrepared, compareTexts, crosswise, oneValue } from "./compare-values.ts";
import { fieldNames } from "./fields.data.ts";
import { maxContacts } from "./person-record.ts";
import { type Column, chanceOfValue, type RecordTable } from "./record-table.ts";

const swapped = 4;
const differentText = 5;

/** Levels of `place` in fields.data.ts from the comparison of city and of postcode: 0 missing, 1 same, 2 near, 3 different. */
function placeLevel(city: number, postcode: number): number {
  if (postcode === 1) return city === 1 ? 1 : city === 0 ? 4 : city === 2 ? 2 : 6;
  if (city === 1) return postcode === 0 ? 5 : postcode === 2 ? 3 : 7;
  if (city === 0 && postcode === 0) return 0;
  return city === 2 || postcode === 2 ? 8 : 9;
}

export type PairComparison = {
  /** Writes the level of each field of records `a` and `b` to `into`, in the order of `fieldNames`. */
  readonly compare: (a: number, b: number, into: Uint8Array) => void;
  /** The level of one field; names and address lines that agree crosswise are settled by `compare` only. */
  readonly chance: (field: number, level: number, a: number, b: number) => number;
};

const [givenName, surname, birthDate, houseNumber, street, addressLine2, place, region, email, phone] = fieldNames.map(
  (_, at) => at,
) as [number, number, number, number, number, number, number, number, number, number]; // as many as there are names

export function createPairComparison({ columns }: RecordTable): PairComparison {
  const given = oneValue(columns.givenName, comparePrepared(columns.givenName, compareNames));
  const last = oneValue(columns.surname, comparePrepared(columns.surname, compareNames));
  const namesCross = crosswise(columns.givenName, columns.surname, compareNames);
  const dates = oneValue(columns.birthDate, compareTexts(columns.birthDate, compareDates));
  const numbers = oneValue(columns.houseNumber, compareTexts(columns.houseNumber, compareNumbers));
  const streets = oneValue(columns.street, comparePrepared(columns.street, compareLines));
  const secondLines = oneValue(columns.addressLine2, comparePrepared(columns.addressLine2, compareLines));
  const linesCross = crosswise(columns.street, columns.addressLine2, compareLines);
  const cities = oneValue(columns.city, comparePrepared(columns.city, compareCities));
  const postcodes = oneValue(columns.postcode, compareTexts(columns.postcode, comparePostcodes));
  const regions = oneValue(columns.region, compareTexts(columns.region, compareRegions));
  const emails = bestOfValues(columns.email, compareTexts(columns.email, compareEmails));
  const phones = bestOfValues(columns.phone, compareTexts(columns.phone, comparePhones));

  const sharedContact = (column: Column, a: number, b: number): number => {
    let rarest = 1;
    for (let i = a * maxContacts; i < (a + 1) * maxContacts; i += 1) {
      const x = column.cells[i] ?? 0;
      if (x === 0) break;
      for (let j = b * maxContacts; j < (b + 1) * maxContacts; j += 1)
        if (x === column.cells[j]) rarest = Math.min(rarest, chanceOfValue(column, x));
    }
    return rarest;
  };

  return {
    compare: (a, b, into) => {
      let givenLevel = given(a, b);
      let lastLevel = last(a, b);
      if (
        (givenLevel === differentText || lastLevel === differentText || givenLevel + lastLevel === 0) &&
        namesCross(a, b)
      ) {
        givenLevel = swapped;
        lastLevel = swapped;
      }
      let streetLevel = streets(a, b);
      let secondLevel = secondLines(a, b);
      if (
        (streetLevel === differentText || secondLevel === differentText || streetLevel + secondLevel === 0) &&
        linesCross(a, b)
      ) {
        streetLevel = swapped;
        secondLevel = swapped;
      }
      into[givenName] = givenLevel;
      into[surname] = lastLevel;
      into[birthDate] = dates(a, b);
      into[houseNumber] = numbers(a, b);
      into[street] = streetLevel;
      into[addressLine2] = secondLevel;
      into[place] = placeLevel(cities(a, b), postcodes(a, b));
      into[region] = regions(a, b);
      into[email] = emails(a, b);
      into[phone] = phones(a, b);
    },
    chance: (field, level, a, b) => {
      if (field === place) {
        const column = level === 1 ? columns.place : level === 4 ? columns.postcode : columns.city;
        return chanceOfValue(column, column.cells[a] ?? 0);
      }
      if (field === email) return sharedContact(columns.email, a, b);
      if (field === phone) return sharedContact(columns.phone, a, b);
      // email, phone and place are done: the others have the name of their column.
      const column = columns[fieldNames[field] as Exclude<(typeof fieldNames)[number], "place">];
      return chanceOfValue(column, column.cells[a] ?? 0);
    },
  };
}
