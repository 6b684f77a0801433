import { describe, expect, it } from "vitest";
import {
  compareDates,
  compareEmails,
  compareLines,
  compareNames,
  compareNumbers,
  comparePhones,
  comparePostcodes,
  compareRegions,
  prepareText,
} from "./compare-fields.ts";
import { fields } from "./fields.data.ts";

const codeOf = (field: string, level: number) => fields.find(({ name }) => name === field)!.levels[level - 1]!.code;

describe("degrees of agreement", () => {
  it.each([
    ["mary ann", "maryann", "typo"],
    ["catherine", "catherin", "typo"],
    ["cathrine", "kathrine", "typo"],
    ["ana", "eva", "different"],
    ["j", "john", "similar"],
    ["garcia", "garcia lopez", "similar"],
    ["christopher", "chris", "similar"],
    ["smith", "jones", "different"],
    ["li", "lu", "different"],
  ])("of the names %s and %s: %s", (a, b, code) => {
    expect(codeOf("surname", compareNames(prepareText(a), prepareText(b)))).toBe(code);
    expect(codeOf("surname", compareNames(prepareText(b), prepareText(a)))).toBe(code);
  });

  it.each([
    ["florey drive", "florye drive", "typo"],
    ["drive florey", "florey drive", "typo"],
    ["florey drive", "florey", "similar"],
    ["oak street", "elm street", "different"],
    ["tullaroop street", "giblin street", "different"],
  ])("of the streets %s and %s: %s", (a, b, code) => {
    expect(codeOf("street", compareLines(prepareText(a), prepareText(b)))).toBe(code);
  });

  it.each([
    ["19790423", "19790424", "typo"],
    ["19790423", "19792304", "typo"],
    ["19790412", "19791204", "typo"],
    ["19790423", "19970423", "typo"],
    ["19790423", "19850423", "partly"],
    ["19790423", "19790411", "partly"],
    ["19790423", "19860711", "different"],
  ])("of the dates %s and %s: %s", (a, b, code) => {
    expect(codeOf("birthDate", compareDates(a, b))).toBe(code);
  });

  it("knows numbers, postcodes, regions, addresses and phones that are one mistake apart", () => {
    expect(codeOf("houseNumber", compareNumbers("12", "12a"))).toBe("typo");
    expect(codeOf("houseNumber", compareNumbers("12", "13"))).toBe("typo");
    expect(codeOf("houseNumber", compareNumbers("1", "2"))).toBe("different");
    expect(comparePostcodes("2212", "2122")).toBe(2);
    expect(comparePostcodes("2212", "3000")).toBe(3);
    expect(codeOf("region", compareRegions("ny", "nj"))).toBe("different");
    expect(codeOf("region", compareRegions("queensland", "quensland"))).toBe("typo");
    expect(codeOf("email", compareEmails("ana.lopez@example.com", "analopez+shop@example.org"))).toBe("typo");
    expect(codeOf("email", compareEmails("info@example.com", "info@example.org"))).toBe("different");
    expect(codeOf("phone", comparePhones("701234567", "701234576"))).toBe("typo");
  });

  it("has probabilities that sum to one for each field", () => {
    for (const { levels } of fields) {
      const own = levels.filter(({ sumOf }) => !sumOf);
      expect(own.reduce((sum, { prior }) => sum + prior, 0)).toBeCloseTo(1, 5);
    }
  });
});
