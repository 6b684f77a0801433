import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldDate, foldText, normalisePerson, splitStreet } from "./normalise-person.ts";

describe("folding", () => {
  it.each([
    ["  Ana-María  O'Neill ", "ana maria oneill"],
    ["STRAßE", "strasse"],
    ["Łódź", "lodz"],
    ["Ольга", "ольга"],
  ])("writes %s as %s", (text, folded) => {
    expect(foldText(text)).toBe(folded);
  });

  it.each([
    ["12 Main St", "12", "main street"],
    ["Main Street 12", "12", "main street"],
    ["Hauptstr. 12a", "12a", "hauptstreet"],
    ["Hauptstraße 12 a", "12a", "hauptstreet"],
    ["12-14 High Rd", "1214", "high road"],
    ["St James Avenue", "", "st james avenue"],
    ["42", "42", ""],
    ["", "", ""],
  ])("takes %s apart", (line, houseNumber, street) => {
    expect(splitStreet(line)).toEqual({ houseNumber, street });
  });

  it.each([
    ["1979-04-23", "19790423"],
    ["1979-04-23T00:00:00Z", "19790423"],
    ["19790423", "19790423"],
    ["23.4.1979", "19790423"],
    ["4/23/1979", "19790423"],
    ["04/05/1979", "19790504"],
    ["1979", ""],
    ["unknown", ""],
  ])("reads the date %s", (text, date) => {
    expect(foldDate(text)).toBe(date);
  });

  it("takes phone numbers with and without country for the same", () => {
    const [a, b] = ["+49 170 1234567", "0170/1234567"].map(
      (phone) => normalisePerson({ id: "1", phones: [phone] }).phones,
    );
    expect(a).toEqual(b);
  });

  it("leaves out what is no address or number, and repeats", () => {
    const { emails, phones } = normalisePerson({
      id: "1",
      emails: ["A@example.com", "a@example.com", "none", "x@y z"],
      phones: ["12", "call me"],
    });
    expect(emails).toEqual(["a@example.com"]);
    expect(phones).toEqual([]);
  });

  it("takes any text, however long, and stays bounded", () => {
    const text = fc.string({ unit: "binary", maxLength: 2_000 });
    fc.assert(
      fc.property(text, text, text, (givenName, line, date) => {
        const person = normalisePerson({
          id: "1",
          givenName,
          addressLine1: line,
          birthDate: date,
          emails: [line],
          phones: [date],
        });
        for (const value of [person.givenName, person.street, person.houseNumber])
          expect(value.length).toBeLessThan(120);
        expect(person.birthDate).toMatch(/^(\d{8})?$/);
      }),
    );
  });

  it("takes a hostile line in linear time", () => {
    const line = `a${" 1 a".repeat(20_000)}`;
    expect(splitStreet(line).street.length).toBeLessThan(120);
  });
});
